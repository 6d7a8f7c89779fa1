-- name: balances
-- reads: primary
-- home: shard
-- params: accounts bigint[]
select a.id, a.owner, a.kind, a.currency::text as currency, a.flags, a.floor, a.ceil, a.debits,
  a.credits, a.seq, a.changed_at
from ledger.account a
where a.id = any ($1)
order by a.id;

-- name: wallets
-- reads: primary
-- home: shard
-- params: owners uuid[], kind int2, currency character, buckets int2[]
select w.owner, a.id
from unnest($1::uuid[], $4::int2[]) w (owner, bucket)
cross join lateral (
  select x.id
  from ledger.account x
  where x.bucket = w.bucket and x.owner = w.owner and x.kind = $2 and x.currency = $3
    and x.part = 0
  offset 0
) a;

-- name: totals
-- reads: primary
-- home: shard
select a.currency::text as currency, count(*) as accounts, (sum(a.seq) / 2)::bigint as transfers,
  sum(a.debits)::bigint as debits, sum(a.credits)::bigint as credits
from ledger.account a
group by a.currency
order by a.currency;

-- name: trial_balance
-- reads: replica
-- home: shard
select a.currency::text as currency, a.kind, count(*) as accounts,
  sum(a.debits)::bigint as debits, sum(a.credits)::bigint as credits
from ledger.account a
group by a.currency, a.kind
order by a.currency, a.kind;

-- A lane's last instant may be later than its last block: midnight, once the day was closed.
-- name: heads
-- reads: primary
-- home: shard
select l.lane, l.block_no, l.head, coalesce(b.at, l.last_at) as last_at,
  coalesce(cardinality(b.ids), 0) as size
from ledger.lane l
left join ledger.block b on b.lane = l.lane and b.no = l.block_no
order by coalesce(b.at, l.last_at) desc, l.lane;

-- name: seconds_ahead
-- reads: primary
-- home: shard
-- params: now timestamptz
select extract(epoch from ledger.now() - $1)::float8 as seconds;

-- name: partitions_end
-- reads: primary
-- home: shard
select c.end_day
from ledger.calendar c;
