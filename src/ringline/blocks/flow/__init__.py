"""Blocks that say when and how often: waiting, variables, loops, escalation."""
