"""Reads of purchases: get_ raises, find_ may return None, list_ is ordered, count_ counts."""
