"""Coverage-guided fuzzing of everything that reads hostile bytes. `make fuzz` runs it; targets.py lists what is tried."""
