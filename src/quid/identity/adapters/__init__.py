"""Implementations of `ports`; built in `entrypoints.wiring` alone."""
