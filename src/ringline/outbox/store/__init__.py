"""All SQL of the outbox, by what it is for."""
