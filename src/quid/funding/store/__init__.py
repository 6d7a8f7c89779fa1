"""Writes to this slice's own tables, and locks. One file for each table."""
