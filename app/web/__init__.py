"""Speaks HTTP, and is the only floor that does."""
