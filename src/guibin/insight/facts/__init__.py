"""Facts per customer: one expression over the warehouse, on DuckDB or Spark."""
