"""The embedded PostgreSQL: started on first use, stopped with its last user, safe against kill -9."""
