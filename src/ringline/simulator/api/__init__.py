"""Twilio's REST API over the simulator's state."""
