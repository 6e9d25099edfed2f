"""Pure decisions of insight: windows, lifecycle stages, RFM scores and groups, plain counting of facts."""
