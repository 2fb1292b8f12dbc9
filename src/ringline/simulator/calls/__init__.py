"""Calls of the simulated Twilio: dialled, answered by handsets, and led by the TwiML an application gives."""
