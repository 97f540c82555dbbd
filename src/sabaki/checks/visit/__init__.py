"""What a careful visit to the links shows."""
