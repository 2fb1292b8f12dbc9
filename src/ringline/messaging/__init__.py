"""Messages as everybody above the send path knows them: how to ask for one, and what became of it."""
