"""`attribute`: the rules on journeys, and beside the truth of a scenario."""
