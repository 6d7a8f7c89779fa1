"""Ways to reach people: mail servers, push services."""
