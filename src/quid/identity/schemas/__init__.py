"""The wire of this slice: what comes in, strictly, and what goes out."""
