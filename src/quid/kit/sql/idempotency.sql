-- name: claim
-- reads: primary
-- home: shard
-- params: users uuid[], operations text[], keys bytea[], requests bytea[], now timestamptz
insert into kit.idempotency (user_id, operation, key_hash, request_hash, created_at)
select k.user_id, k.operation, k.key_hash, k.request_hash, $5
from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[])
  as k (user_id, operation, key_hash, request_hash)
order by k.user_id, k.operation, k.key_hash
on conflict do nothing
returning user_id, operation, key_hash;

-- name: look_up
-- reads: primary
-- home: shard
-- params: users uuid[], operations text[], keys bytea[]
select i.user_id, i.operation, i.key_hash, i.request_hash, i.object_id, i.status, i.answer
from unnest($1::uuid[], $2::text[], $3::bytea[]) as k (user_id, operation, key_hash)
join kit.idempotency i using (user_id, operation, key_hash);

-- name: finish
-- reads: primary
-- home: shard
-- params: users uuid[], operations text[], keys bytea[], objects uuid[], statuses smallint[], answers bytea[]
update kit.idempotency i
set object_id = k.object_id, status = k.status, answer = k.answer
from unnest($1::uuid[], $2::text[], $3::bytea[], $4::uuid[], $5::smallint[], $6::bytea[])
  as k (user_id, operation, key_hash, object_id, status, answer)
where i.user_id = k.user_id and i.operation = k.operation and i.key_hash = k.key_hash;

-- name: forget
-- reads: primary
-- home: shard
-- params: users uuid[], operations text[], keys bytea[]
delete from kit.idempotency i
using unnest($1::uuid[], $2::text[], $3::bytea[]) as k (user_id, operation, key_hash)
where i.user_id = k.user_id and i.operation = k.operation and i.key_hash = k.key_hash
  and i.status is null;
