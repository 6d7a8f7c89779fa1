"""The doors: api, worker, command line, local stack; wiring builds the adapters."""
