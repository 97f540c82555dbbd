"""One file, one check: a pure, synchronous function of the Case that yields hits. No I/O, no clock."""
