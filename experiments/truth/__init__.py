"""`truth`: what each channel really does, run without it."""
