"""A copy of the declared datasets in Parquet: incremental, swapped in whole, and never the only copy."""
