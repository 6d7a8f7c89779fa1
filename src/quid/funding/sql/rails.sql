-- What operators see of providers. Nothing here is masked: sources have ids and last digits only. But
-- what a small deposit (kind 6) moves is null everywhere: whoever knows both amounts can prove an
-- account that is not theirs.

-- name: operations
-- reads: primary
-- home: shard
-- params: before uuid, many bigint, state int2, kind int2, is_unsure boolean
select o.id, o.kind, o.purpose, o.payment_id, o.user_id, o.source_id, o.provider, o.network,
  case when o.kind <> 6 then o.cents end as cents, o.fee,
  case when o.kind <> 6 then o.net end as net, o.currency::text as currency, o.state,
  o.unsure_since,
  o.authorization_ref, o.provider_ref, o.is_advanced, o.is_released, o.refunded_minor,
  o.settle_on, o.available_on, o.failure_code, o.deadline, o.next_at, o.attempts, o.created_at,
  o.changed_at
from funding.operation o
where o.id < $1 and ($3::int2 is null or o.state = $3) and ($4::int2 is null or o.kind = $4)
  and (not $5 or o.unsure_since is not null)
order by o.id desc
limit $2;

-- name: operation
-- reads: primary
-- home: shard
-- params: id uuid
select o.id, o.kind, o.purpose, o.payment_id, o.user_id, o.source_id, o.provider, o.network,
  case when o.kind <> 6 then o.cents end as cents, o.fee,
  case when o.kind <> 6 then o.net end as net, o.currency::text as currency, o.state,
  o.unsure_since,
  o.authorization_ref, o.provider_ref, o.is_advanced, o.is_released, o.refunded_minor,
  o.settle_on, o.available_on, o.failure_code, o.deadline, o.next_at, o.attempts, o.created_at,
  o.changed_at
from funding.operation o
where o.id = $1;

-- name: told_of
-- reads: primary
-- home: global
-- params: operation uuid
select e.id, e.provider, e.event_id, e.kind, e.object_ref, e.status,
  case when o.kind is distinct from 6 then e.cents end as cents, e.failure, e.at, e.received_at,
  e.state, e.operation_id, e.reason, e.done_at
from funding.event e
left join funding.operation o on o.id = e.operation_id
where e.operation_id = $1
order by e.id;

-- What the ledger shows of an operation: effects have its time in their ids.
-- name: postings
-- reads: primary
-- home: shard
-- params: operation uuid
select j.id, j.code, d.kind as debit_kind, j.debit_id, c.kind as credit_kind, j.credit_id,
  case when o.kind is distinct from 6 then j.amount end as amount, j.currency::text as currency,
  j.recorded_at
from ledger.journal j
left join funding.operation o on o.id = j.cause_id
join ledger.account d on d.id = j.debit_id
join ledger.account c on c.id = j.credit_id
where j.id between (left($1::uuid::text, 13) || '-0000-0000-000000000000')::uuid
    and (left($1::uuid::text, 13) || '-ffff-ffff-ffffffffffff')::uuid
  and j.cause_id = $1::uuid
order by j.recorded_at, j.id;

-- name: events
-- reads: primary
-- home: global
-- params: before uuid, many bigint, state int2
select e.id, e.provider, e.event_id, e.kind, e.object_ref, e.status,
  case when o.kind is distinct from 6 then e.cents end as cents, e.failure, e.at, e.received_at,
  e.state, e.operation_id, e.reason, e.done_at
from funding.event e
left join funding.operation o on o.id = e.operation_id
where e.id < $1 and ($3::int2 is null or e.state = $3)
order by e.id desc
limit $2;

-- name: event
-- reads: primary
-- home: global
-- params: id uuid
select e.id, e.provider, e.event_id, e.kind, e.object_ref, e.status,
  case when o.kind is distinct from 6 then e.cents end as cents, e.failure, e.at, e.received_at,
  e.state, e.operation_id, e.reason, e.done_at
from funding.event e
left join funding.operation o on o.id = e.operation_id
where e.id = $1;

-- name: inbox
-- reads: primary
-- home: global
-- params: before uuid, many bigint, is_waiting boolean
select i.id, i.provider, i.kind, i.topic, i.object_ref, i.is_live, i.received_at, i.answered_at,
  i.tries, i.reason
from funding.inbox i
where i.id < $1 and (not $3 or i.answered_at is null or i.reason is not null)
order by i.id desc
limit $2;

-- name: webhook
-- reads: primary
-- home: global
-- params: id uuid
select i.id, i.provider, i.kind, i.topic, i.object_ref, i.is_live, i.received_at, i.answered_at,
  i.tries, i.reason
from funding.inbox i
where i.id = $1;

-- name: breaks
-- reads: primary
-- home: global
-- params: before uuid, many bigint, is_open boolean
select b.id, b.provider, b.kind, b.object_ref, b.operation_id, b.currency::text as currency,
  b.ours, b.theirs, b.amount_minor, b.runs, b.first_at, b.last_at, b.opened_at, b.ended_at,
  b.resolved_by, b.resolved_reason
from funding.break b
where b.id < $1 and (not $3 or b.ended_at is null)
order by b.id desc
limit $2;

-- name: break
-- reads: primary
-- home: global
-- params: id uuid
select b.id, b.provider, b.kind, b.object_ref, b.operation_id, b.currency::text as currency,
  b.ours, b.theirs, b.amount_minor, b.runs, b.first_at, b.last_at, b.opened_at, b.ended_at,
  b.resolved_by, b.resolved_reason
from funding.break b
where b.id = $1;

-- name: runs
-- reads: primary
-- home: global
-- params: many bigint
select r.id, r.provider, r.started_at, r.ended_at, r.theirs, r.ours, r.breaks
from funding.recon_run r
order by r.started_at desc
limit $1;

-- name: breakers
-- reads: primary
-- home: global
select b.service, b.state, b.changed_at, b.forced, b.forced_by, b.forced_at, b.forced_reason
from funding.breaker b
order by b.service;

-- name: show_breakers
-- reads: primary
-- home: global
-- params: services text[], states int2[], now timestamptz
insert into funding.breaker as b (service, state, changed_at)
select s.service, s.state, $3
from unnest($1::text[], $2::int2[]) as s (service, state)
order by s.service
on conflict (service) do update set state = excluded.state, changed_at = excluded.changed_at
where b.state <> excluded.state;

-- name: force
-- reads: primary
-- home: global
-- params: service text, forced text, by uuid, reason text, now timestamptz
update funding.breaker
set forced = $2, forced_by = $3, forced_reason = $4, forced_at = $5
where service = $1;

-- name: counted
-- reads: primary
-- home: shard
-- What the gauges show, in one look.
select 'operations' as name, o.kind as kind, o.state as state, count(*)::int8 as many
from funding.operation o
where o.state < 40
group by o.kind, o.state
union all
select 'unknown', 0::int2, 0::int2, count(*)::int8
from funding.operation o where o.unsure_since is not null
union all
select 'orphans', e.provider, 0::int2, count(*)::int8
from funding.event e where e.state = 20 group by e.provider
union all
select 'quarantined', e.provider, 0::int2, count(*)::int8
from funding.event e where e.state = 30 group by e.provider
union all
select 'breaks', b.provider, 0::int2, count(*)::int8
from funding.break b where b.ended_at is null and b.opened_at is not null group by b.provider
union all
select 'held', a.kind, a.part, sum(a.debits - a.credits)::int8
from ledger.account a where a.kind in (102, 120, 121) group by a.kind, a.part;

-- Pulls of 60 days that came back, by class of their code, of all that had been accepted.
-- name: returned
-- reads: primary
-- home: shard
-- params: since uuid
select count(*) filter (where o.state = 93 and o.failure_code in
    ('R05', 'R07', 'R10', 'R11', 'R29', 'R51'))::int8 as unauthorized,
  count(*) filter (where o.state = 93 and o.failure_code in ('R02', 'R03', 'R04'))::int8
    as administrative,
  count(*) filter (where o.state = 93)::int8 as returned,
  count(*) filter (where o.state in (20, 30, 40, 50, 93))::int8 as accepted,
  count(*) filter (where o.state in (40, 50))::int8 as settled
from funding.operation o
where o.id >= $1 and o.kind = 1;

-- name: returned_codes
-- reads: primary
-- home: shard
-- params: since uuid
select o.failure_code as code, count(*)::int8 as many
from funding.operation o
where o.id >= $1 and o.kind in (1, 2, 3) and o.state = 93 and o.failure_code ~ '^R[0-9]{2}$'
group by o.failure_code;

-- name: raw_event
-- reads: primary
-- home: global
-- params: id uuid
select e.raw
from funding.event e
where e.id = $1;

-- name: raw_webhook
-- reads: primary
-- home: global
-- params: id uuid
select i.raw
from funding.inbox i
where i.id = $1;
