"""Exit codes, documented in docs/cli.md."""

OK = 0
USAGE = 2
INPUT = 3
LEAK = 4
SUSPICIOUS = 10
MALICIOUS = 11
DIFFERS = 12
INTERRUPTED = 130
CLOSED_PIPE = 141
