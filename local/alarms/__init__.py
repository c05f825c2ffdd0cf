"""The alarms of a template, evaluated as CloudWatch documents it."""
