"""Limits by the day on what is sent and spent: they warn, and they hold messages back."""
