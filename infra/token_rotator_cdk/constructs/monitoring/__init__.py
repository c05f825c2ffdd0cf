"""Metrics, alarms, the dashboard, and alerts about access to the secret."""
