"""Everything that changes something: devices, notices, and the frames of sockets."""
