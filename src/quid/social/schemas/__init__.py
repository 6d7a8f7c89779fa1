"""The models of the wire. One file for each use."""
