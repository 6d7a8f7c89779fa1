"""Implementations of this slice's ports, built by wiring alone."""
