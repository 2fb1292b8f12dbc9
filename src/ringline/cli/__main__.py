"""`python -m ringline.cli`, where the `ringline` command is not on the path."""

from ringline.cli import main

main()
