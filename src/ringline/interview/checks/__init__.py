"""What is held against what in a question flow: a file for each kind of thing that can be wrong."""
