"""Writes to the tables of this slice. Called by `service` inside its transactions."""
