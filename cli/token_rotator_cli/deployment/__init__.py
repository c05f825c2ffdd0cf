"""What is deployed: the function and its settings, its secret, parameter, schedules and log."""
