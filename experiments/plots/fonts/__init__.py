"""Data: the Chinese font of the figures, its licence and how it was made."""
