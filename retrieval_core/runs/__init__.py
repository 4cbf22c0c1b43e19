"""Runs: settings, their plan and its steps, jobs."""
