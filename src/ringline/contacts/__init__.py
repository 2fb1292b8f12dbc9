"""People with their addresses, languages and time zones, and the lists they are on."""
