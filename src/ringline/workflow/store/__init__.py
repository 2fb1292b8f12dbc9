"""What workflows keep: every statement that touches their tables is here, a file per concern."""
