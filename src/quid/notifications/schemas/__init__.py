"""The wire of this slice."""
