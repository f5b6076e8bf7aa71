"""`optimize`: the recommendation in words, tables and figures."""
