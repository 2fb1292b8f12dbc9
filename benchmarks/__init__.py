"""Commands that print speed figures beside a baseline taken in the same run. Nothing is asserted here."""
