"""What changes something in the feed. One file for each use."""
