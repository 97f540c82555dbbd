"""Files that come with a mail: told by content, opened in a cell, never run. One file here is one format."""
