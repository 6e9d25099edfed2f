"""Reads: facts, and the reports made of them. Import the module wanted: some load Arrow and DuckDB."""
