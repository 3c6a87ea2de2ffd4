"""Les pages du territoire."""
