"""The HTTP door: one ASGI application per process."""
