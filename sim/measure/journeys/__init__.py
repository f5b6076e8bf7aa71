"""Journeys: what replayed lives say about touchpoints, windows and paths."""
