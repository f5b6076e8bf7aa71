"""`explain`: one simulated life in words."""
