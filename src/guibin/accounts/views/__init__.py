"""Pages of this slice: sign-in, staff, places, settings."""
