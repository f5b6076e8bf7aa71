"""Truth by counterfactual: what is lost without a channel, alone, together and in an outage."""
