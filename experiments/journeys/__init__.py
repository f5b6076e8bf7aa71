"""`journeys`: touchpoints, windows and paths of replayed lives."""
