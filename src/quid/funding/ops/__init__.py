"""Operators and banks: what they see of providers, and what they may do. One file for each use."""
