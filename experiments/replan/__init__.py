"""`replan`: budgets decided block by block from what a brand has recorded so far."""
