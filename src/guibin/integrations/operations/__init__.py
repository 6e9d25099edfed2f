"""Writes of the import clinic, step by step: upload, check, map, stage, run, undo."""
