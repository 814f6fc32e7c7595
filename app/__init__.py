"""Inception Explorer: GoogLeNet and its variants, counted and explained. Floors: web > lab > render > network."""
