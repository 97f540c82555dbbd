"""`python -m sabaki`."""

from sabaki.cli.main import main

main()
