"""Writes of the feed: its own tables, and what is kept for a while in Valkey."""
