"""`customers`: what customers are worth and what they cost."""
