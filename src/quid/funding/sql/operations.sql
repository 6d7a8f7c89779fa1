-- name: add
-- reads: primary
-- home: shard
-- params: id uuid, kind smallint, purpose smallint, payment uuid, owner uuid, source uuid, provider smallint, network text, cents bigint, fee bigint, net bigint, currency character, may_advance boolean, deadline timestamp with time zone, next_at timestamp with time zone, counted_at timestamp with time zone, ip text, user_agent text, now timestamp with time zone
with made as (
  insert into funding.operation (id, kind, purpose, payment_id, user_id, source_id, provider,
    network, cents, fee, net, currency, state, may_advance, deadline, next_at, counted_at, ip,
    user_agent, created_at, changed_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 10, $13, $14, $15, $16, $17, $18,
    $19, $19)
  returning id
)
insert into funding.operation_event (operation_id, n, state, at, cause)
select made.id, 1, 10, $19, 'asked' from made;

-- name: lock
-- reads: primary
-- home: shard
-- params: ids uuid[]
select o.id from funding.operation o where o.id = any ($1) order by o.id for no key update;

-- Who finds it locked leaves it: somebody is at it.
-- name: take
-- reads: primary
-- home: shard
-- params: id uuid, now timestamp with time zone
select o.id from funding.operation o where o.id = $1 and o.next_at <= $2
for no key update skip locked;

-- name: read
-- reads: primary
-- home: shard
-- params: ids uuid[]
select o.id, o.kind, o.purpose, o.payment_id, o.user_id, o.source_id, o.provider, o.network,
  o.cents, o.fee, o.net, o.currency::text as currency, o.state, o.unsure_since,
  o.authorization_ref, o.provider_ref, o.action_url, o.may_advance, o.is_advanced, o.is_released,
  o.refunded_minor, o.settle_on, o.available_on, o.standard_return_until,
  o.unauthorized_return_until, o.failure_code, o.deadline, o.next_at, o.attempts, o.counted_at,
  o.ip, o.user_agent, o.created_at, o.changed_at, o.version, o.is_abandoned
from funding.operation o
where o.id = any ($1)
order by o.id;

-- name: due
-- reads: primary
-- home: shard
-- params: now timestamp with time zone, many bigint
select o.id from funding.operation o where o.next_at <= $1 order by o.next_at limit $2;

-- The version guards: whoever did not lock the row it read changes nothing.
-- name: save
-- reads: primary
-- home: shard
-- params: id uuid, version integer, state smallint, unsure_since timestamp with time zone, authorization_ref text, provider_ref text, action_url text, may_advance boolean, is_advanced boolean, is_released boolean, refunded_minor bigint, settle_on date, available_on date, standard_return_until timestamp with time zone, unauthorized_return_until timestamp with time zone, failure_code text, deadline timestamp with time zone, next_at timestamp with time zone, attempts integer, counted_at timestamp with time zone, is_abandoned boolean, now timestamp with time zone
update funding.operation set
  state = $3, unsure_since = $4, authorization_ref = $5, provider_ref = $6, action_url = $7,
  may_advance = $8, is_advanced = $9, is_released = $10, refunded_minor = $11, settle_on = $12,
  available_on = $13, standard_return_until = $14, unauthorized_return_until = $15,
  failure_code = $16, deadline = $17, next_at = $18, attempts = $19, counted_at = $20,
  is_abandoned = $21, changed_at = $22, version = version + 1
where id = $1 and version = $2;

-- name: add_events
-- reads: primary
-- home: shard
-- params: operation uuid, states smallint[], at timestamp with time zone, causes text[]
insert into funding.operation_event (operation_id, n, state, at, cause)
select $1, coalesce(l.n, 0) + e.place, e.state, $3, e.cause
from unnest($2::smallint[], $4::text[]) with ordinality as e (state, cause, place)
cross join (
  select max(x.n) as n from funding.operation_event x where x.operation_id = $1
) as l;

-- name: events
-- reads: primary
-- home: shard
-- params: operation uuid
select e.operation_id, e.n, e.state, e.at, e.cause
from funding.operation_event e
where e.operation_id = $1
order by e.n;

-- A call that is made again keeps its key and its first instant.
-- name: intend
-- reads: primary
-- home: shard
-- params: operation uuid, step text, key text, now timestamp with time zone
insert into funding.call (operation_id, step, key, sent_at) values ($1, $2, $3, $4)
on conflict (operation_id, step) do update set outcome = null, code = null, done_at = null;

-- name: answered
-- reads: primary
-- home: shard
-- params: operation uuid, step text, outcome text, code text, now timestamp with time zone
update funding.call set outcome = $3, code = $4, done_at = $5
where operation_id = $1 and step = $2;

-- name: calls
-- reads: primary
-- home: shard
-- params: operation uuid
select c.operation_id, c.step, c.key, c.sent_at, c.outcome, c.code, c.done_at
from funding.call c
where c.operation_id = $1
order by c.sent_at, c.step;

-- name: wake_queued
-- reads: primary
-- home: shard
-- params: owner uuid, now timestamp with time zone
update funding.operation set next_at = $2
where id in (
  select o.id from funding.operation o
  where o.user_id = $1 and o.state = 11
  order by o.id
  for no key update
);

-- name: by_ref
-- reads: primary
-- home: shard
-- params: provider smallint, ref text, named uuid
select o.id from funding.operation o
where o.provider = $1 and (o.provider_ref = $2 or (o.provider_ref is null and o.id = $3));

-- Kind 4 is a charge, 5 a refund; 90 and 91 are those that never went or came back.
-- name: charge_of
-- reads: primary
-- home: shard
-- params: payment uuid
select o.id from funding.operation o where o.payment_id = $1 and o.kind = 4;

-- name: refunds_of
-- reads: primary
-- home: shard
-- params: payment uuid
select o.id from funding.operation o
where o.payment_id = $1 and o.kind = 5 and o.state not in (90, 91)
order by o.id;

-- name: wake_refunds
-- reads: primary
-- home: shard
-- params: payment uuid, now timestamp with time zone
update funding.operation set next_at = $2
where id in (
  select o.id from funding.operation o
  where o.payment_id = $1 and o.kind = 5 and o.state in (20, 41)
  order by o.id
  for no key update
);
