"""Pure decisions of the import clinic: states of a run, what a row means."""
