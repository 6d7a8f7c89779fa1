-- Reconciliation reads in short statements and writes only its own tables, as quid_recon.

-- Sums of all accounts and the heads of all lanes, in one snapshot: the rows up to those heads
-- are exactly what the sums should hold.
-- name: snapshot
-- reads: primary
-- home: shard
select a.currency::text as currency, sum(a.debits)::bigint as debits,
  sum(a.credits)::bigint as credits,
  (select coalesce(array_agg(l.lane order by l.lane), '{}') from ledger.lane l) as lanes,
  (select coalesce(array_agg(l.block_no order by l.lane), '{}') from ledger.lane l) as nos
from ledger.account a
group by a.currency
order by a.currency;

-- Some accounts, with the last day kept of each (none when everything is added up again).
-- name: accounts
-- reads: primary
-- home: shard
-- params: after bigint, many bigint, is_full boolean
select a.id, a.owner, a.kind, a.currency::text as currency, a.floor, a.ceil, a.debits, a.credits,
  a.seq, coalesce(k.debits, 0) as base_debits, coalesce(k.credits, 0) as base_credits,
  coalesce(k.seq, 0) as base_seq
from ledger.account a
left join lateral (select d.debits, d.credits, d.seq from ledger.day_balance d
  where d.account_id = a.id and not $3 order by d.day desc limit 1) k on true
where a.id > $1
order by a.id
limit $2;

-- What the legs of some accounts say, each from after one sequence up to another, with the net
-- they start from; by UTC day: sums, lowest balance, first break, first leg of another currency.
-- name: legs
-- reads: primary
-- home: shard
-- params: ids bigint[], currencies text[], after_seqs bigint[], upto_seqs bigint[], nets bigint[]
with wanted as (
  select w.id, w.currency, w.after_seq, w.upto_seq, w.net
  from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
    w (id, currency, after_seq, upto_seq, net)
), legs as (
  select w.id, w.currency as own, w.after_seq, w.net, j.debit_seq as seq, -j.amount as change,
    j.debit_after as after, j.currency, j.recorded_at
    from wanted w join ledger.journal j on j.debit_id = w.id
      and j.debit_seq > w.after_seq and j.debit_seq <= w.upto_seq
  union all
  select w.id, w.currency, w.after_seq, w.net, j.credit_seq, j.amount, j.credit_after, j.currency,
    j.recorded_at
    from wanted w join ledger.journal j on j.credit_id = w.id
      and j.credit_seq > w.after_seq and j.credit_seq <= w.upto_seq
), walked as (
  select l.id, l.seq, l.change, l.after, l.currency <> l.own as is_foreign,
    (l.recorded_at at time zone 'UTC')::date as day,
    coalesce(lag(l.seq) over by_seq, l.after_seq) as seq_before,
    coalesce(lag(l.after) over by_seq, l.net) as before
  from legs l
  window by_seq as (partition by l.id order by l.seq)
)
select w.id, w.day, count(*) as legs, min(w.after) as lowest,
  coalesce(-sum(w.change) filter (where w.change < 0), 0)::bigint as debits,
  coalesce(sum(w.change) filter (where w.change > 0), 0)::bigint as credits,
  max(w.seq) as last_seq, (array_agg(w.after order by w.seq desc))[1] as last_after,
  min(w.seq) filter (where w.seq <> w.seq_before + 1 or w.after <> w.before + w.change)
    as break_seq,
  min(w.seq) filter (where w.is_foreign) as foreign_seq
from walked w
group by w.id, w.day
order by w.id, last_seq;

-- Rows of a range of ids that stand on no account.
-- name: orphans
-- reads: primary
-- home: shard
-- params: after uuid, upto uuid
select j.id
from ledger.journal j
where j.id > $1 and j.id <= $2
  and (not exists (select from ledger.account a where a.id = j.debit_id)
    or not exists (select from ledger.account a where a.id = j.credit_id))
order by j.id
limit 20;

-- A run that is repeated under its id goes on only if the first has died.
-- name: open_run
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: id uuid, started_at timestamptz, scope text
insert into ledger.recon_run as r (id, started_at, scope) values ($1, $2, $3)
on conflict (id) do update set started_at = excluded.started_at
where r.ended_at is null and r.started_at < excluded.started_at - interval '2 hours';

-- name: close_run
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: id uuid, accounts bigint, transfers bigint, blocks bigint, findings int
update ledger.recon_run
set ended_at = clock_timestamp(), accounts = $2, transfers = $3, blocks = $4, findings = $5
where id = $1;

-- Keep the counters of sound accounts at the end of each ended day on which they moved.
-- name: keep_days
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: accounts bigint[], days date[], debits bigint[], credits bigint[], seqs bigint[]
insert into ledger.day_balance (account_id, day, debits, credits, seq)
select k.account_id, k.day, k.debits, k.credits, k.seq
from unnest($1::bigint[], $2::date[], $3::bigint[], $4::bigint[], $5::bigint[])
  k (account_id, day, debits, credits, seq)
on conflict (account_id, day) do nothing;

-- Reserved accounts of which the balance is not what is left of their open holds: one snapshot.
-- name: reserved
-- reads: primary
-- home: shard
-- params: accounts bigint[]
select a.id, a.owner, coalesce(h.held, 0) as held, a.credits - a.debits as actual
from ledger.account a
left join lateral (
  select sum(x.amount - x.captured - x.released)::bigint as held
  from ledger.hold x
  where x.reserved_id = a.id and x.closed_at is null) h on true
where a.id = any ($1) and a.credits - a.debits <> coalesce(h.held, 0)
order by a.id;

-- name: late
-- reads: primary
-- home: shard
select h.id
from ledger.hold h
where h.closed_at is null and h.expires_at < ledger.now() - interval '5 minutes'
order by h.expires_at
limit 20;

-- Whether holds are what their transfers say: from where, how much, when; what was paid from each
-- and given back, and that it went back to where it came from.
-- name: holds
-- reads: primary
-- home: shard
-- params: after uuid, many bigint
select h.id, coalesce((h.account_id, h.reserved_id, h.amount, h.placed_at, h.captured, h.released)
    = (p.debit_id, p.credit_id, p.amount, p.recorded_at, u.captured, u.released)
    and p.flags = 4 and not u.is_astray, false) as is_sound
from ledger.hold h
left join ledger.journal p on p.id = h.id
left join lateral (
  select coalesce(sum(j.amount) filter (where j.flags = 8), 0)::bigint as captured,
    coalesce(sum(j.amount) filter (where j.flags = 16), 0)::bigint as released,
    coalesce(bool_or(j.flags = 16 and j.credit_id <> p.debit_id), false) as is_astray
  from ledger.journal j
  where j.source_id = h.id and j.flags in (8, 16)) u on true
where h.id > $1
order by h.id
limit $2;

-- How much of each transfer is undone: as noted, as its reversals say, and what it moved.
-- name: reversed
-- reads: primary
-- home: shard
-- params: after uuid, many bigint
select r.id, r.amount as noted, coalesce(u.undone, 0) as undone, o.amount as original
from ledger.reversed r
left join ledger.journal o on o.id = r.id
left join lateral (
  select sum(j.amount)::bigint as undone
  from ledger.journal j
  where j.source_id = r.id and j.flags = 32) u on true
where r.id > $1
order by r.id
limit $2;

-- Reversals of a range of ids whose original does not know that anything of it is undone, and
-- transfers that placed a hold which is not there.
-- name: unnoted
-- reads: primary
-- home: shard
-- params: after uuid, upto uuid
select j.id
from ledger.journal j
where j.id > $1 and j.id <= $2
  and (j.flags = 32 and not exists (select from ledger.reversed r where r.id = j.source_id)
    or j.flags = 4 and not exists (select from ledger.hold h where h.id = j.id))
order by j.id
limit 20;

-- The oldest items of a kind.
-- name: items
-- reads: primary
-- home: shard
-- params: kind int2, before timestamptz, many bigint
select i.account_id, i.cause_id, i.kind, a.owner, i.net, i.since
from ledger.open_item i
left join ledger.account a on a.id = i.account_id
where i.kind = $1 and i.since < $2
order by i.since, i.account_id, i.cause_id
limit $3;

-- Clearing accounts of which the balance is not the sum of their items; asked only of books that
-- the live auditor has read to the end, all in one snapshot.
-- name: undrained
-- reads: primary
-- home: shard
-- params: kinds int2[]
select a.id, a.owner, a.credits - a.debits as net, coalesce(i.net, 0)::bigint as items
from ledger.account a
left join lateral (
  select sum(x.net) as net from ledger.open_item x where x.account_id = a.id) i on true
where a.kind = any ($1) and a.credits - a.debits <> coalesce(i.net, 0)
  and not exists (
    select from ledger.lane l
    left join ledger.audit_cursor c on c.lane = l.lane
    where c.block_no is distinct from l.block_no)
order by a.id
limit 100;

-- The people whose accounts some transfers name.
-- name: sides
-- reads: primary
-- home: shard
-- params: ids uuid[], lowest uuid, highest uuid
select j.id, a.id as account_id, a.owner
from ledger.journal j
join ledger.account a on a.id in (j.debit_id, j.credit_id) and a.owner is not null
where j.id = any ($1) and j.id between $2 and $3
order by j.id, a.id;
