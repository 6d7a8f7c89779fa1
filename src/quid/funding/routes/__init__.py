"""HTTP of funding. Thin: read, one domain call, answer. One file for each use."""
