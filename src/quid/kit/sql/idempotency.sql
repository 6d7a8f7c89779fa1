-- name: claim
-- reads: primary
-- home: shard
-- params: locks bigint[], users uuid[], operations text[], keys bytea[]
select i.user_id, i.operation, i.key_hash, i.request_hash, i.object_id, i.status, i.answer
from kit.claim_keys($1, $2, $3, $4) i;

-- name: look_up
-- reads: primary
-- home: shard
-- params: users uuid[], operations text[], keys bytea[]
select i.user_id, i.operation, i.key_hash, i.request_hash, i.object_id, i.status, i.answer
from unnest($1::uuid[], $2::text[], $3::bytea[]) as k (user_id, operation, key_hash)
cross join lateral (
  select x.user_id, x.operation, x.key_hash, x.request_hash, x.object_id, x.status, x.answer
  from kit.idempotency x
  where x.user_id = k.user_id and x.operation = k.operation and x.key_hash = k.key_hash
  offset 0
) i;

-- name: finish
-- reads: primary
-- home: shard
-- params: users uuid[], operations text[], keys bytea[], requests bytea[], objects uuid[], statuses smallint[], answers bytea[], now timestamptz
insert into kit.idempotency
  (user_id, operation, key_hash, request_hash, object_id, status, answer, created_at)
select k.user_id, k.operation, k.key_hash, k.request_hash, k.object_id, k.status, k.answer, $8
from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::uuid[], $6::smallint[],
    $7::bytea[])
  as k (user_id, operation, key_hash, request_hash, object_id, status, answer);
