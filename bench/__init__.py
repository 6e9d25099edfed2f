"""Benchmarks: our jobs beside their limits."""
