"""What claims are measured by, and how variants are compared."""
