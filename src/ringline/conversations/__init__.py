"""What was said with whom: a row per person that is kept up to date, and the words by which messages are found."""
