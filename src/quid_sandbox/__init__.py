"""A bank network and a card processor to play with: what the real ones answer, and no money.

A process of its own that imports nothing of `quid`, so that both sides cannot share a mistake.
Read `core/face.py`, then one face.
"""
