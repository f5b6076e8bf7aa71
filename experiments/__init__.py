"""Command line, run directories and figures: the only layer that plots, prints or writes results."""
