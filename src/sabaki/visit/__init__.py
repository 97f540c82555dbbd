"""The careful visit: a browser behind walls, with one guarded way out. What it brings back is evidence."""
