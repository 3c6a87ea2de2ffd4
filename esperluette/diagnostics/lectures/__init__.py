"""Ce que les pages du territoire lisent."""
