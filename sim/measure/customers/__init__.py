"""Customer value: cohorts, retention, lifetime value, cost of acquisition, RFM and channel health."""
