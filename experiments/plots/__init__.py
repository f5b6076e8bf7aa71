"""Figures. One module each: a pure `*_data()` and a `plot_*()` that draws it on given axes.

Import from `experiments.plots.gallery` to draw, save and list them; this package imports nothing, so
that the command line starts fast.
"""
