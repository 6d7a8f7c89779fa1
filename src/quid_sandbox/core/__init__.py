"""What both faces stand on: time, rows, faults, the journal, the hooks, the doors."""
