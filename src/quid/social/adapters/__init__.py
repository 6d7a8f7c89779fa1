"""What the feed's ports are at home."""
