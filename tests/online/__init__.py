"""`--online`, end to end: the real command line in a network of its own, against servers with the real protocols on their real ports."""
