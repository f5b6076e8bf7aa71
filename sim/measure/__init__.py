"""What a run means: key figures, channels, intervals over replicates."""
