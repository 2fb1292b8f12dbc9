"""What was sent, answered and spent, counted; and the limits that stop it."""
