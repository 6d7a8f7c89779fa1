-- Reading a provider's list: the lease, the pages, what is applied.

-- What there is to do, and whether somebody does it.
-- name: look
-- reads: primary
-- home: global
-- params: provider int2, now timestamptz
select c.pulled_at, c.retry_at, c.failures, c.silent_at,
  coalesce(c.lease_until > $2, false) as is_leased,
  exists (select 1 from funding.inbox i
    where i.provider = $1 and i.answered_at is null and i.next_at <= $2) as is_rung,
  exists (select 1 from funding.operation o
    where o.provider = $1 and o.state < 40 and (o.kind = 3 or o.purpose = 2))
    or exists (select 1 from funding.link_session s
      where s.state = 'OPEN' and s.expires_at > $2) as is_hot,
  exists (select 1 from funding.event e where e.provider = $1 and e.state = 10) as is_pending,
  exists (select 1 from funding.event e
    join funding.operation o on o.provider = e.provider and o.provider_ref = e.object_ref
    where e.provider = $1 and e.state = 20) as is_found
from funding.cursor c
where c.provider = $1;

-- name: lease
-- reads: primary
-- home: global
-- params: provider int2, now timestamptz, until timestamptz, lease uuid
update funding.cursor set lease_by = $4, lease_until = $3
where provider = $1 and coalesce(lease_until <= $2, true)
returning after, version;

-- name: advance
-- reads: primary
-- home: global
-- params: provider int2, version bigint, after text, until timestamptz
update funding.cursor set after = $3, version = version + 1, lease_until = $4
where provider = $1 and version = $2
returning version;

-- A list that was not read to its end is read on at once.
-- name: done
-- reads: primary
-- home: global
-- params: provider int2, lease uuid, pulled_at timestamptz
update funding.cursor
set lease_by = null, lease_until = null, pulled_at = $3, retry_at = null, failures = 0,
  silent_at = null
where provider = $1 and lease_by = $2;

-- name: failed
-- reads: primary
-- home: global
-- params: provider int2, lease uuid, retry_at timestamptz
update funding.cursor
set lease_by = null, lease_until = null, retry_at = $3, failures = failures + 1
where provider = $1 and lease_by = $2;

-- name: called
-- reads: primary
-- home: global
-- params: provider int2, now timestamptz
update funding.cursor set silent_at = $2 where provider = $1 and silent_at is null;

-- What is read again (a list that begins five minutes back) is there already.
-- name: keep
-- reads: primary
-- home: global
-- params: ids uuid[], provider int2, event_ids text[], kinds text[], refs text[], statuses text[], cents bigint[], failures text[], raws bytea[], ats timestamptz[], states int2[], reasons text[], now timestamptz
insert into funding.event (id, provider, event_id, kind, object_ref, status, cents, failure, raw,
  at, received_at, state, reason, done_at)
select e.id, $2, e.event_id, e.kind, e.object_ref, e.status, e.cents, e.failure, e.raw, e.at,
  $13::timestamptz, e.state, e.reason, case when e.state = 41 then $13::timestamptz end
from unnest($1::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[],
    $9::bytea[], $10::timestamptz[], $11::int2[], $12::text[])
  as e (id, event_id, kind, object_ref, status, cents, failure, raw, at, state, reason)
on conflict (provider, event_id) do nothing;

-- name: adopt
-- reads: primary
-- home: global
-- params: provider int2
update funding.event e set state = 10, reason = null
from funding.operation o
where e.provider = $1 and e.state = 20
  and o.provider = e.provider and o.provider_ref = e.object_ref;

-- name: orphan
-- reads: primary
-- home: global
-- params: provider int2
update funding.event e set state = 20, reason = 'no operation of ours has this reference'
where e.provider = $1 and e.state = 10 and not exists (
  select 1 from funding.operation o
  where o.provider = e.provider and o.provider_ref = e.object_ref
);

-- The oldest that wait, each with its operation, in the provider's order.
-- name: pending
-- reads: primary
-- home: global
-- params: provider int2, many bigint
select e.id, o.id as operation_id, e.object_ref, e.kind, e.status, e.cents, e.failure, e.at
from funding.event e
join funding.operation o on o.provider = e.provider and o.provider_ref = e.object_ref
where e.provider = $1 and e.state = 10
order by e.id
limit $2;

-- name: mark_applied
-- reads: primary
-- home: global
-- params: ids uuid[], operation_id uuid, now timestamptz
update funding.event set state = 40, operation_id = $2, reason = null, done_at = $3
where id = any ($1) and state = 10;

-- name: quarantine
-- reads: primary
-- home: global
-- params: ids uuid[], operation_id uuid, reason text
update funding.event set state = 30, operation_id = $2, reason = $3
where id = any ($1) and state = 10;

-- name: replay
-- reads: primary
-- home: global
-- params: id uuid
update funding.event set state = 10, reason = null, paged_at = null where id = $1 and state in (20, 30);

-- name: old_orphans
-- reads: primary
-- home: global
-- params: provider int2, before uuid, many bigint
select e.object_ref, min(e.id::text)::uuid as id, max(e.cents) as cents
from funding.event e
where e.provider = $1 and e.state = 20 and e.id < $2 and e.object_ref is not null
  and not exists (select 1 from funding.break b
    where b.provider = e.provider and b.kind = 'missing_here' and b.object_ref = e.object_ref
      and b.opened_at is not null)
group by e.object_ref
order by 2
limit $3;

-- name: unpaged
-- reads: primary
-- home: global
-- params: many bigint
select e.id, e.provider, e.event_id, e.kind, e.object_ref, e.status, e.cents, e.failure, e.at,
  e.received_at, e.state, e.operation_id, e.reason, e.done_at
from funding.event e
where e.state = 30 and e.paged_at is null
order by e.id
limit $1;

-- name: mark_paged
-- reads: primary
-- home: global
-- params: ids uuid[], now timestamptz
update funding.event set paged_at = $2 where id = any ($1);

-- name: silent
-- reads: primary
-- home: global
-- params: providers int2[], before timestamptz
select c.provider
from funding.cursor c
where c.provider = any ($1) and c.silent_at is null and c.failures > 0
  and coalesce(c.pulled_at < $2, true)
order by c.provider;
