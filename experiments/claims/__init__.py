"""Claims of sources, checked by running: from a scenario's `claims:` block to outcomes."""
