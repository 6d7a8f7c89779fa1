"""Quid: a peer-to-peer payments platform that anyone can run."""
