-- What changes requests. Each leaving of PENDING is one guarded update. Codes: collect.types.State.

-- name: take_turn
-- reads: primary
-- home: shard
-- params: requester uuid
-- The requests that one person makes take turns, so that their bounds are counted exactly.
select pg_catalog.pg_advisory_xact_lock(17234, pg_catalog.hashtext($1::uuid::text))::text as taken;

-- name: count
-- reads: primary
-- home: shard
-- params: requester uuid, requestee uuid, day_ago timestamptz, hour_ago timestamptz
-- Those that are open, and those that were made lately, however they have ended: each by its index.
select
  count(*) filter (where m.state = 10 and m.requestee_id = $2) as open_to_one,
  count(*) filter (where m.state = 10) as open_in_all,
  count(*) filter (where m.created_at > $3 and m.requestee_id = $2) as made_to_one,
  count(*) filter (where m.created_at > $3) as made_in_all,
  count(*) filter (where m.created_at > $4 and m.requestee_id = $2) > 0 as was_asked_lately
from (
  select r.requestee_id, r.state, r.created_at
  from collect.request r
  where r.requester_id = $1
    and r.state = 10
  union all
  select r.requestee_id, r.state, r.created_at
  from collect.request r
  where r.requester_id = $1
    and r.state <> 10
    and r.ended_at > $3
) m;

-- name: add
-- reads: primary
-- home: shard
-- params: id uuid, requester uuid, requestee uuid, amount bigint, currency text, note text, visibility text, is_known boolean, created timestamptz, expires timestamptz, is_told boolean, due timestamptz
insert into collect.request (id, requester_id, requestee_id, amount_minor, currency, note,
  requester_visibility, is_known, created_at, expires_at, is_told_expiring, due_at)
values ($1, $2, $3, $4, $5::text, $6, $7, $8, $9, $10, $11, $12);

-- name: lock
-- reads: primary
-- home: shard
-- params: ids uuid[]
select r.id
from collect.request r
where r.id = any($1::uuid[])
order by r.id
for no key update;

-- name: end
-- reads: primary
-- home: shard
-- params: ids uuid[], state int2, at timestamptz, is_by_block boolean
update collect.request
set state = $2, ended_at = greatest($3, created_at), is_ended_by_block = $4
where id = any($1::uuid[])
  and state = 10
  and payment_id is null;

-- name: remind
-- reads: primary
-- home: shard
-- params: id uuid, at timestamptz, before timestamptz, most int2
update collect.request
set reminders_sent = reminders_sent + 1, last_reminded_at = $2
where id = $1
  and state = 10
  and payment_id is null
  and reminders_sent < $4
  and (last_reminded_at is null or last_reminded_at <= $3);

-- name: lock_due
-- reads: primary
-- home: shard
-- params: now timestamptz, many bigint
select r.id
from collect.request r
where r.state = 10
  and r.payment_id is null
  and r.due_at <= $1
order by r.due_at, r.id
limit $2
for no key update skip locked;

-- name: go_on
-- reads: primary
-- home: shard
-- params: ids uuid[], steps int2[], told boolean[], due timestamptz[]
update collect.request r
set steps_taken = n.steps, is_told_expiring = n.told, due_at = n.due
from unnest($1::uuid[], $2::int2[], $3::boolean[], $4::timestamptz[]) n (id, steps, told, due)
where r.id = n.id
  and r.state = 10;

-- name: look_again
-- reads: primary
-- home: shard
-- params: ids uuid[], at timestamptz
update collect.request
set due_at = least(due_at, $2)
where id = any($1::uuid[])
  and state = 10
  and payment_id is not null;

-- name: pay
-- reads: primary
-- home: shard
-- params: ids uuid[], payments uuid[], at timestamptz[]
update collect.request r
set state = 20, payment_id = n.payment, ended_at = greatest(n.at, r.created_at)
from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) n (id, payment, at)
where r.id = n.id
  and r.state = 10
  and (r.payment_id is null or r.payment_id = n.payment);

-- name: take
-- reads: primary
-- home: shard
-- params: ids uuid[], payments uuid[]
update collect.request r
set payment_id = n.payment
from unnest($1::uuid[], $2::uuid[]) n (id, payment)
where r.id = n.id
  and r.state = 10
  and (r.payment_id is null or r.payment_id = n.payment);

-- name: free
-- reads: primary
-- home: shard
-- params: ids uuid[], payments uuid[]
update collect.request r
set payment_id = null
from unnest($1::uuid[], $2::uuid[]) n (id, payment)
where r.id = n.id
  and r.state = 10
  and r.payment_id = n.payment;
