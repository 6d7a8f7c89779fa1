"""Everything in this slice that changes something."""
