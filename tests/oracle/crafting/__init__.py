"""Packets made by hand, for what real programs do not send."""
