"""Limits and rules: what may be sent in which window, and what a payment needs before it moves.

Handed facts by its callers; never reads a payment table.
"""
