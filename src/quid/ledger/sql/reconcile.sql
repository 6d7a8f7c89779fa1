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

-- name: open_run
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: id uuid, started_at timestamptz, scope text
insert into ledger.recon_run (id, started_at, scope) values ($1, $2, $3);

-- name: close_run
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: id uuid, accounts bigint, transfers bigint, blocks bigint, findings int
update ledger.recon_run
set ended_at = clock_timestamp(), accounts = $2, transfers = $3, blocks = $4, findings = $5
where id = $1;

-- name: add_findings
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: ids uuid[], run uuid, checks text[], severities text[], accounts bigint[], owners uuid[], calculated bigint[], actual bigint[], places text[], at timestamptz
insert into ledger.recon_finding
  (id, run_id, "check", severity, account_id, owner, calculated, actual, place, at)
select f.id, $2, f."check", f.severity, f.account_id, f.owner, f.calculated, f.actual, f.place, $10
from unnest($1::uuid[], $3::text[], $4::text[], $5::bigint[], $6::uuid[], $7::bigint[],
    $8::bigint[], $9::text[])
  f (id, "check", severity, account_id, owner, calculated, actual, place);

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
