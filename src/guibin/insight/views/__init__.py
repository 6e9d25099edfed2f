"""Pages of insight. Each makes one query or one operation."""
