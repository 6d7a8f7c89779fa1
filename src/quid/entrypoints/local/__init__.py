"""The local stack: PostgreSQL and Valkey from wheels, and the processes of Quid above them."""
