-- A provider's books against ours.

-- What a run holds against the provider's list: what is open or new, and what that list names.
-- name: ours
-- reads: primary
-- home: shard
-- params: provider int2, since uuid, refs text[]
select o.id, o.provider_ref, o.kind, o.state, o.net, o.currency::text as currency,
  o.unsure_since is not null as is_unsure
from funding.operation o
where o.provider = $1 and o.kind <> 5
  and (o.id >= $2 or o.state < 40 or o.provider_ref = any ($3))
order by o.id;

-- What our accounts at the provider show of the operations that have changed, an effect a row, as
-- the provider's own book has it: a bank network writes a line when money becomes ours to use, a card
-- processor does not, and keeps its fee out of the charge's own line. Effects have the time of their
-- operation in their ids, which finds them by the journal's key.
-- name: posted
-- reads: primary
-- home: shard
-- params: provider int2, since timestamptz
select o.id as operation_id, o.provider_ref,
  sum(case
    when l.code = 24 then case when $1 = 1 and d.id is not null then l.amount else 0 end
    when l.code = 50 and $1 = 2 then 0
    else case when d.id is not null then l.amount else 0 end
      - case when c.id is not null then l.amount else 0 end
  end)::int8 as minor,
  coalesce(sum(l.amount) filter (where l.code = 50 and $1 = 2), 0)::int8 as cost_minor,
  max(l.recorded_at) as at
from funding.operation o
cross join lateral (
  select j.id, j.group_id, j.debit_id, j.credit_id, j.amount, j.code, j.recorded_at
  from ledger.journal j
  where j.id between (left(o.id::text, 13) || '-0000-0000-000000000000')::uuid
      and (left(o.id::text, 13) || '-ffff-ffff-ffffffffffff')::uuid
    and j.cause_id = o.id and j.recorded_at >= $2
) l
left join ledger.account d on d.id = l.debit_id and d.kind in (102, 111) and d.part = $1
left join ledger.account c on c.id = l.credit_id and c.kind in (102, 111) and c.part = $1
where o.provider = $1 and o.changed_at >= $2 and (d.id is not null or c.id is not null)
group by o.id, o.provider_ref, coalesce(l.group_id, l.id);

-- name: held
-- reads: primary
-- home: shard
-- params: provider int2
select coalesce(sum(a.debits - a.credits), 0)::int8 as minor
from ledger.account a
where a.kind in (102, 111) and a.part = $1;

-- What accounts must hold by the operations that explain them, and what they do hold.
-- What people and the house hold is of no provider: there the operations of all count.
-- name: invariants
-- reads: primary
-- home: shard
-- params: provider int2
with op as (
  select
    coalesce(sum(o.cents) filter (
      where o.kind = 1 and o.state in (20, 30) and o.provider = $1), 0) as rail_in,
    coalesce(sum(o.cents) filter (
      where o.kind = 1 and o.state in (20, 30, 40, 50) and not o.is_released), 0) as incoming,
    coalesce(sum(o.cents) filter (
      where o.kind = 1 and o.state in (20, 30, 40, 50) and o.is_advanced and not o.is_released),
      0) as advance,
    coalesce(sum(o.cents) filter (where o.kind in (2, 3) and o.state < 40), 0) as payouts,
    coalesce(sum(o.net) filter (
      where o.kind in (2, 3) and o.state in (20, 21, 30) and o.provider = $1), 0) as rail_out
  from funding.operation o
), held as (
  select
    coalesce(sum(a.debits - a.credits) filter (where a.kind = 110), 0) as rail_in,
    coalesce(sum(a.credits - a.debits) filter (where a.kind = 203), 0) as incoming,
    coalesce(sum(a.debits - a.credits) filter (where a.kind = 120), 0) as advance,
    coalesce(sum(a.credits - a.debits) filter (where a.kind = 210), 0) as payouts,
    coalesce(sum(a.debits - a.credits) filter (where a.kind = 112), 0) as rail_out
  from ledger.account a
  where a.kind in (110, 112, 120, 203, 210) and a.part in (0, $1)
)
select w.name, w.expected::int8 as expected, w.held::int8 as held
from op, held, lateral (values
  ('rail_in', op.rail_in, held.rail_in), ('incoming', op.incoming, held.incoming),
  ('advance', op.advance, held.advance), ('payouts', op.payouts, held.payouts),
  ('rail_out', op.rail_out, held.rail_out)) as w (name, expected, held)
order by w.name;

-- name: begin_run
-- reads: primary
-- home: global
-- params: id uuid, provider int2, now timestamptz
insert into funding.recon_run (id, provider, started_at) values ($1, $2, $3);

-- name: end_run
-- reads: primary
-- home: global
-- params: id uuid, now timestamptz, theirs int4, ours int4, breaks int4
update funding.recon_run set ended_at = $2, theirs = $3, ours = $4, breaks = $5 where id = $1;

-- name: last_run
-- reads: primary
-- home: global
-- params: provider int2
select r.id, r.provider, r.started_at, r.ended_at, r.theirs, r.ours, r.breaks
from funding.recon_run r
where r.provider = $1
order by r.started_at desc
limit 1;

-- Seen for the first time, or again. What may be a matter of time is a break when it is seen again,
-- the same, ten minutes later; one that looks otherwise by then is another.
-- name: see
-- reads: primary
-- home: global
-- params: ids uuid[], provider int2, kinds text[], refs text[], operations uuid[], currencies text[], ours text[], theirs text[], amounts bigint[], opened timestamptz[], now timestamptz
insert into funding.break as b (id, provider, kind, object_ref, operation_id, currency, ours,
  theirs, amount_minor, opened_at, first_at, last_at)
select f.id, $2, f.kind, f.object_ref, f.operation_id, f.currency, f.ours, f.theirs, f.amount,
  f.opened_at, $11, $11
from unnest($1::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[],
    $9::bigint[], $10::timestamptz[])
  as f (id, kind, object_ref, operation_id, currency, ours, theirs, amount, opened_at)
on conflict (provider, kind, object_ref) where ended_at is null do update set
  runs = b.runs + 1, last_at = excluded.last_at, ours = excluded.ours, theirs = excluded.theirs,
  amount_minor = excluded.amount_minor,
  operation_id = coalesce(excluded.operation_id, b.operation_id),
  first_at = case when b.opened_at is not null or (b.amount_minor = excluded.amount_minor and (b.kind = 'position'
    or (b.ours, b.theirs) = (excluded.ours, excluded.theirs)))
    then b.first_at else excluded.first_at end,
  opened_at = coalesce(b.opened_at, excluded.opened_at,
    case when b.first_at <= excluded.last_at - interval '10 minutes'
      and (b.amount_minor = excluded.amount_minor and (b.kind = 'position'
    or (b.ours, b.theirs) = (excluded.ours, excluded.theirs)))
    then excluded.last_at end)
returning id, kind, object_ref, amount_minor, currency::text as currency,
  coalesce(opened_at = $11, false) as is_new;

-- Not seen again before it was a break: it was time.
-- name: gone
-- reads: primary
-- home: global
-- params: provider int2, now timestamptz
update funding.break set ended_at = $2
where provider = $1 and ended_at is null and opened_at is null and last_at < $2;

-- name: suspected
-- reads: primary
-- home: global
-- params: provider int2
select count(*)::int8 as many
from funding.break b
where b.provider = $1 and b.ended_at is null and b.opened_at is null;

-- name: lock_break
-- reads: primary
-- home: global
-- params: id uuid
select b.ended_at is null and b.opened_at is not null as is_open
from funding.break b
where b.id = $1
for no key update;

-- name: resolve
-- reads: primary
-- home: global
-- params: id uuid, by uuid, reason text, now timestamptz
update funding.break set ended_at = $4, resolved_by = $2, resolved_reason = $3 where id = $1;

-- name: unpaged
-- reads: primary
-- home: global
-- params: many bigint
select b.id, b.provider, b.kind, b.object_ref, b.operation_id, b.currency::text as currency,
  b.ours, b.theirs, b.amount_minor, b.runs, b.first_at, b.last_at, b.opened_at, b.ended_at,
  b.resolved_by, b.resolved_reason
from funding.break b
where b.opened_at is not null and b.ended_at is null and b.paged_at is null
order by b.id
limit $1;

-- name: mark_paged
-- reads: primary
-- home: global
-- params: ids uuid[], now timestamptz
update funding.break set paged_at = $2 where id = any ($1);
