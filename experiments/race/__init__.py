"""`race`: every method and rule of thumb on one meter."""
