-- Who refuses a person is asked each time that person reads what others said.
-- squawk-ignore require-concurrent-index-creation
create index edge_refused on identity.edge (friend_id) where state = 'BLOCKED';
