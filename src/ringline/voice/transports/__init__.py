"""How a conversation is carried: one file for each way."""
