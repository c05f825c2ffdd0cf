"""What operators see: metrics, alarms, the dashboard, and alerts about the secret."""
