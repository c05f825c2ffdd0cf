"""Reads the deployed resources: function, secret, parameter, schedules, log and others."""
