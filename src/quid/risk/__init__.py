"""Limits: how much a person of a tier may move in which window.

Handed facts by its callers; never reads a payment table.
"""
