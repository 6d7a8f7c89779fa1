-- name: opening
-- reads: replica
-- home: shard
-- params: account bigint, start timestamptz
select x.after from (
  select j.debit_seq as seq, j.debit_after as after from ledger.journal j
    where j.debit_id = $1 and j.recorded_at < $2
  union all
  select j.credit_seq, j.credit_after from ledger.journal j
    where j.credit_id = $1 and j.recorded_at < $2
) x
order by x.seq desc
limit 1;

-- name: sums
-- reads: replica
-- home: shard
-- params: account bigint, start timestamptz, finish timestamptz
select coalesce(sum(x.debit), 0)::bigint as debits, coalesce(sum(x.credit), 0)::bigint as credits,
  count(*) as legs, (array_agg(x.after order by x.seq desc))[1] as last_after
from (
  select j.debit_seq as seq, j.amount as debit, 0 as credit, j.debit_after as after
    from ledger.journal j
    where j.debit_id = $1 and j.recorded_at >= $2 and j.recorded_at < $3
  union all
  select j.credit_seq, 0, j.amount, j.credit_after
    from ledger.journal j
    where j.credit_id = $1 and j.recorded_at >= $2 and j.recorded_at < $3
) x;

-- name: lines
-- reads: replica
-- home: shard
-- params: account bigint, start timestamptz, finish timestamptz, after_seq bigint, many bigint
select e.transfer_id, e.seq, e.side, e.amount, e.balance_after, e.recorded_at, e.code, e.cause_id,
  e.other_id
from ledger.entries e
where e.account_id = $1 and e.recorded_at >= $2 and e.recorded_at < $3 and e.seq > $4
order by e.seq
limit $5;

-- The lines of several accounts of one person, as of one: what moves between them is no line.
-- Within an instant the first account comes first: money comes into it before it leaves others.
-- name: joint_lines
-- reads: replica
-- home: shard
-- params: accounts bigint[], start timestamptz, finish timestamptz, after bigint, many bigint
with legs as (
  select j.id, 'debit' as side, j.amount, -j.amount as change, j.recorded_at, j.code,
      coalesce(j.cause_id, j.id) as cause_id, j.credit_id as other_id, j.debit_id as account_id,
      j.debit_seq as seq
    from ledger.journal j
    where j.debit_id = any ($1) and not j.credit_id = any ($1)
      and j.recorded_at >= $2 and j.recorded_at < $3
  union all
  select j.id, 'credit', j.amount, j.amount, j.recorded_at, j.code,
      coalesce(j.cause_id, j.id), j.debit_id, j.credit_id, j.credit_seq
    from ledger.journal j
    where j.credit_id = any ($1) and not j.debit_id = any ($1)
      and j.recorded_at >= $2 and j.recorded_at < $3
), walked as (
  select l.id, l.side, l.amount, l.recorded_at, l.code, l.cause_id, l.other_id,
    row_number() over w as line, sum(l.change) over w as moved
  from legs l
  window w as (order by l.recorded_at, array_position($1, l.account_id), l.seq)
)
select w.id as transfer_id, w.line as seq, w.side, w.amount, w.moved::bigint as balance_after,
  w.recorded_at, w.code, w.cause_id, w.other_id
from walked w
where w.line > $4
order by w.line
limit $5;

-- name: joint_sums
-- reads: replica
-- home: shard
-- params: accounts bigint[], start timestamptz, finish timestamptz
select coalesce(sum(j.amount) filter (where j.debit_id = any ($1)), 0)::bigint as debits,
  coalesce(sum(j.amount) filter (where j.credit_id = any ($1)), 0)::bigint as credits
from ledger.journal j
where (j.debit_id = any ($1) or j.credit_id = any ($1))
  and not (j.debit_id = any ($1) and j.credit_id = any ($1))
  and j.recorded_at >= $2 and j.recorded_at < $3;

-- Counters as of an instant: those of the last day kept before it, and the legs since.
-- name: as_of
-- reads: replica
-- home: shard
-- params: account bigint, at timestamptz
select coalesce(d.debits, 0) + coalesce(x.debits, 0) as debits,
  coalesce(d.credits, 0) + coalesce(x.credits, 0) as credits
from (select 1) one
left join lateral (
  select k.debits, k.credits, k.seq from ledger.day_balance k
  where k.account_id = $1 and k.day < ($2 at time zone 'UTC')::date
  order by k.day desc limit 1) d on true
left join lateral (
  select sum(y.debit)::bigint as debits, sum(y.credit)::bigint as credits
  from (
    select j.amount as debit, 0 as credit from ledger.journal j
      where j.debit_id = $1 and j.debit_seq > coalesce(d.seq, 0) and j.recorded_at <= $2
    union all
    select 0, j.amount from ledger.journal j
      where j.credit_id = $1 and j.credit_seq > coalesce(d.seq, 0) and j.recorded_at <= $2
  ) y) x on true;

-- What was recorded after an instant, but counts from it or earlier.
-- name: dated_back
-- reads: replica
-- home: shard
-- params: account bigint, at timestamptz
select coalesce(sum(x.debit), 0)::bigint as debits, coalesce(sum(x.credit), 0)::bigint as credits
from (
  select j.amount as debit, 0 as credit from ledger.journal j
    where j.debit_id = $1 and j.effective_at <= $2 and j.recorded_at > $2
  union all
  select 0, j.amount from ledger.journal j
    where j.credit_id = $1 and j.effective_at <= $2 and j.recorded_at > $2
) x;
