"""Who may use this installation: people, their sign-ins, API keys, roles, and the log of what they did."""
