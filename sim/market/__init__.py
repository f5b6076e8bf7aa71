"""What is (the world) and what we decide (the plan)."""
