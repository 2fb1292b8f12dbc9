"""Blocks that send through Twilio."""
