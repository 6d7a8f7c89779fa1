-- Deposits and withdrawals as their people see them. Codes are those of funding.types.

-- What was given before it can no longer come back, the first to be free first. Kind 1 is a pull;
-- states below 90 have not ended.
-- name: unsafe
-- reads: primary
-- home: shard
-- params: owner uuid, now timestamp with time zone
select o.cents, o.standard_return_until as until
from funding.operation o
where o.user_id = $1
  and o.kind = 1
  and o.state < 90
  and (o.is_released or o.is_advanced)
  and (o.standard_return_until is null or o.standard_return_until > $2)
order by o.standard_return_until nulls last, o.id;

-- The sums of the same, for many people.
-- name: unripe
-- reads: primary
-- home: shard
-- params: owners uuid[], now timestamp with time zone
select o.user_id, sum(o.cents)::bigint as cents
from funding.operation o
where o.user_id = any($1::uuid[])
  and o.kind = 1
  and o.state < 90
  and (o.is_released or o.is_advanced)
  and (o.standard_return_until is null or o.standard_return_until > $2)
group by o.user_id;

-- name: page
-- reads: primary
-- home: shard
-- params: owner uuid, kinds smallint[], before timestamp with time zone, before_id uuid, many bigint
select o.id
from funding.operation o
where o.user_id = $1
  and o.purpose = 1
  and o.kind = any ($2)
  and (o.created_at, o.id) < ($3, $4)
order by o.created_at desc, o.id desc
limit $5;

-- name: courses
-- reads: primary
-- home: shard
-- params: ids uuid[]
select e.operation_id, e.n, e.state, e.at, e.cause
from funding.operation_event e
where e.operation_id = any ($1)
order by e.operation_id, e.n;

-- Kinds 2 and 3 are withdrawals; one that ended before the provider took it proves nothing.
-- name: has_withdrawn
-- reads: primary
-- home: shard
-- params: owner uuid, source uuid
select exists (
  select from funding.operation o
  where o.user_id = $1 and o.source_id = $2 and o.kind in (2, 3) and o.state not in (90, 91, 92)
) as has_withdrawn;

-- State 11 waits. What stands behind a withdrawal in that line has not left either.
-- name: queued_behind
-- reads: primary
-- home: shard
-- params: owner uuid, created_at timestamp with time zone, id uuid
select coalesce(sum(o.cents), 0)::bigint as cents
from funding.operation o
where o.user_id = $1 and o.state = 11 and (o.created_at, o.id) > ($2, $3);
