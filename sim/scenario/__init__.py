"""The edge: text in, frozen typed objects out."""
