"""The watch that follows: looks at what is watched when it is due, keeps the diary, and tells of what happened."""
