"""Scenarios, variants and plans side by side under common draws."""
