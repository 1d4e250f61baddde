"""Faults with real processes: PostgreSQL, Redis, gunicorn, workers and beat of the test's own (`make soak`)."""
