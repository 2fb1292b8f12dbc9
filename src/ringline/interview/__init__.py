"""Conversations as a pure function of what happens: question flows, their check, their state. No TwiML, no sockets."""
