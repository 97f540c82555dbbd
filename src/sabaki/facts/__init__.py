"""What a message says, before anyone judges it: one file per question that several checks ask."""
