"""`score`: a typed-in plan, judged."""
