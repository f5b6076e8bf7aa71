"""`export`: journeys, weeks and customers for other tools."""
