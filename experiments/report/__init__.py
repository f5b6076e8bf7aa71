"""`report`: one HTML page of a run directory, for people who decide and for print."""
