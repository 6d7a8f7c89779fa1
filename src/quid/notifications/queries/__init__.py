"""What people were told, and where they may be told."""
