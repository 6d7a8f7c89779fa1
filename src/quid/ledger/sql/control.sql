-- What operators look at. Nothing here is masked: accounts have owners by id, no names.

-- name: accounts
-- reads: replica
-- home: shard
-- params: after bigint, many bigint, kind int2
select a.id, a.owner, a.kind, a.currency::text as currency, a.bucket, a.flags, a.floor, a.ceil,
  a.debits, a.credits, a.seq, a.changed_at
from ledger.account a
where a.id > $1 and ($3::int2 is null or a.kind = $3)
order by a.id
limit $2;

-- name: accounts_of
-- reads: replica
-- home: shard
-- params: bucket int2, owner uuid
select a.id, a.owner, a.kind, a.currency::text as currency, a.bucket, a.flags, a.floor, a.ceil,
  a.debits, a.credits, a.seq, a.changed_at
from ledger.account a
where a.bucket = $1 and a.owner = $2
order by a.id;

-- name: account
-- reads: primary
-- home: shard
-- params: id bigint
select a.id, a.owner, a.kind, a.currency::text as currency, a.bucket, a.flags, a.floor, a.ceil,
  a.debits, a.credits, a.seq, a.changed_at
from ledger.account a
where a.id = $1;

-- name: transfers
-- reads: replica
-- home: shard
-- params: before uuid, many bigint
select j.id, j.code, j.amount, j.currency::text as currency, j.recorded_at, j.debit_id,
  j.debit_seq, j.debit_after, j.credit_id, j.credit_seq, j.credit_after,
  coalesce(j.cause_id, j.id) as cause_id, j.source_id, j.flags, j.lane, j.block_no
from ledger.journal j
where j.id < $1
order by j.id desc
limit $2;

-- The transfers of an account, its latest first.
-- name: transfers_of
-- reads: replica
-- home: shard
-- params: account bigint, before_seq bigint, many bigint
select x.id, x.code, x.amount, x.currency, x.recorded_at, x.debit_id, x.debit_seq, x.debit_after,
  x.credit_id, x.credit_seq, x.credit_after, x.cause_id, x.source_id, x.flags, x.lane, x.block_no
from (
  (select j.debit_seq as seq, j.id, j.code, j.amount, j.currency::text as currency, j.recorded_at, j.debit_id,
  j.debit_seq, j.debit_after, j.credit_id, j.credit_seq, j.credit_after,
  coalesce(j.cause_id, j.id) as cause_id, j.source_id, j.flags, j.lane, j.block_no
  from ledger.journal j
  where j.debit_id = $1 and j.debit_seq < $2
  order by j.debit_seq desc
  limit $3)
  union all
  (select j.credit_seq, j.id, j.code, j.amount, j.currency::text as currency, j.recorded_at, j.debit_id,
  j.debit_seq, j.debit_after, j.credit_id, j.credit_seq, j.credit_after,
  coalesce(j.cause_id, j.id) as cause_id, j.source_id, j.flags, j.lane, j.block_no
  from ledger.journal j
  where j.credit_id = $1 and j.credit_seq < $2
  order by j.credit_seq desc
  limit $3)) x
order by x.seq desc
limit $3;

-- name: entries
-- reads: replica
-- home: shard
-- params: account bigint, before bigint, many bigint
select x.id as transfer_id, x.side, x.seq, x.amount, x.after * c.sign as balance_after,
  x.currency, x.recorded_at, x.code, x.cause_id, x.other_id
from (
  (select j.id, 'debit' as side, j.debit_seq as seq, j.amount, j.debit_after as after,
    j.currency::text as currency, j.recorded_at, j.code, coalesce(j.cause_id, j.id) as cause_id,
    j.credit_id as other_id
  from ledger.journal j
  where j.debit_id = $1 and j.debit_seq < $2
  order by j.debit_seq desc
  limit $3)
  union all
  (select j.id, 'credit', j.credit_seq, j.amount, j.credit_after, j.currency::text,
    j.recorded_at, j.code, coalesce(j.cause_id, j.id), j.debit_id
  from ledger.journal j
  where j.credit_id = $1 and j.credit_seq < $2
  order by j.credit_seq desc
  limit $3)) x
join ledger.account a on a.id = $1
join ledger.chart c on c.kind = a.kind
order by x.seq desc
limit $3;

-- name: seals
-- reads: replica
-- home: shard
-- params: before date, many bigint
select s.day, s.body, s.hash, s.signature, s.key, s.sealed_at
from ledger.seal s
where s.day < $1
order by s.day desc
limit $2;

-- name: runs
-- reads: primary
-- home: shard
-- params: many bigint
select r.id, r.scope, r.started_at, r.ended_at, r.accounts, r.transfers, r.blocks, r.findings
from ledger.recon_run r
order by r.started_at desc, r.id desc
limit $1;

-- name: ageing
-- reads: primary
-- home: shard
-- params: now timestamptz
select i.kind,
  count(*) filter (where i.since > $1::timestamptz - interval '2 days') as days_0_1,
  count(*) filter (where i.since <= $1::timestamptz - interval '2 days' and i.since > $1::timestamptz - interval '4 days')
    as days_2_3,
  count(*) filter (where i.since <= $1::timestamptz - interval '4 days' and i.since > $1::timestamptz - interval '8 days')
    as days_4_7,
  count(*) filter (where i.since <= $1::timestamptz - interval '8 days') as days_over_7,
  sum(i.net)::bigint as net
from ledger.open_item i
group by i.kind
order by i.kind;

-- How many blocks the live auditor has not recomputed, and since when.
-- name: lag
-- reads: primary
-- home: shard
select coalesce(sum(l.block_no - coalesce(c.block_no, 0)), 0)::bigint as blocks,
  min((select b.at from ledger.block b
    where b.lane = l.lane and b.no > coalesce(c.block_no, 0) order by b.no limit 1)) as since,
  (select count(*) from ledger.recon_finding f where f.resolved_at is null) as open_findings
from ledger.lane l
left join ledger.audit_cursor c on c.lane = l.lane
where l.block_no > coalesce(c.block_no, 0);

-- name: findings
-- reads: primary
-- home: shard
-- params: before_at timestamptz, before_id uuid, many bigint, is_open boolean
select f.id, f.run_id, f."check", f.severity, f.account_id, f.owner, f.transfer_id, f.cause_id,
  f.calculated, f.actual, f.place, f.at, f.acknowledged_at, f.acknowledged_by,
  f.acknowledged_reason, f.resolved_at, f.resolved_by, f.resolved_reason
from ledger.recon_finding f
where (f.at, f.id) < ($1, $2)
  and ($4::boolean is null or (f.resolved_at is null) = $4)
order by f.at desc, f.id desc
limit $3;

-- name: finding
-- reads: primary
-- home: shard
-- params: id uuid
select f.id, f.run_id, f."check", f.severity, f.account_id, f.owner, f.transfer_id, f.cause_id,
  f.calculated, f.actual, f.place, f.at, f.acknowledged_at, f.acknowledged_by,
  f.acknowledged_reason, f.resolved_at, f.resolved_by, f.resolved_reason
from ledger.recon_finding f
where f.id = $1;

-- name: open_on
-- reads: primary
-- home: shard
-- params: account bigint
select count(*)
from ledger.recon_finding f
where f.account_id = $1 and f.resolved_at is null;
