"""What identifies the victim, its removal, and the independent checker that refuses a leak."""
