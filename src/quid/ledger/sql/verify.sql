-- Reads of the chain, each in a snapshot of its own: one long snapshot would keep dead versions
-- alive and slow every payment.

-- A lane is whatever has a head or a block: one whose head was taken away is not passed over.
-- Every look-up walks the primary key and stops at its first row: an aggregate over the blocks,
-- which the planner may answer by reading all of them, took longer than a statement may.
-- name: state
-- reads: primary
-- home: shard
-- params: start timestamptz, finish timestamptz
with recursive with_blocks as (
  (select b.lane from ledger.block b order by b.lane limit 1)
  union all
  select (select b.lane from ledger.block b where b.lane > w.lane order by b.lane limit 1)
  from with_blocks w
  where w.lane is not null
), known as (
  select l.lane from ledger.lane l
  union
  select w.lane from with_blocks w where w.lane is not null
)
select x.lane, coalesce(l.block_no, 0) as block_no, coalesce(l.head, '') as head,
  coalesce((select b.no from ledger.block b
    where b.lane = x.lane order by b.no desc limit 1), 0) as last_no,
  coalesce((select b.no from ledger.block b
    where b.lane = x.lane and b.at >= $1 and b.at < $2 order by b.no limit 1),
    l.block_no + 1, 1) as first_no,
  least(coalesce(l.block_no, 0), coalesce((select b.no from ledger.block b
    where b.lane = x.lane and b.at < $2 order by b.no desc limit 1), 0)) as end_no
from known x
left join ledger.lane l on l.lane = x.lane
order by x.lane;

-- name: blocks
-- reads: primary
-- home: shard
-- params: lane int2, after bigint, upto bigint, many bigint
select b.no, b.at, b.ids, b.row_hashes, b.hash
from ledger.block b
where b.lane = $1 and b.no > $2 and b.no <= $3
order by b.no
limit $4;

-- The rows of some blocks, as columns: decoding arrays costs a third of decoding rows.
-- name: rows
-- reads: primary
-- home: shard
-- params: ids uuid[], lowest uuid, highest uuid
select array_agg(j.id) as id, array_agg(j.debit_id) as debit_id,
  array_agg(j.debit_seq) as debit_seq, array_agg(j.debit_after) as debit_after,
  array_agg(j.credit_id) as credit_id, array_agg(j.credit_seq) as credit_seq,
  array_agg(j.credit_after) as credit_after, array_agg(j.amount) as amount,
  array_agg(j.recorded_at) as recorded_at, array_agg(j.code) as code,
  array_agg(j.currency::text) as currency, array_agg(j.flags) as flags,
  array_agg(j.asked) as asked, array_agg(j.group_id) as group_id,
  array_agg(j.cause_id) as cause_id, array_agg(j.source_id) as source_id,
  array_agg(j.effective_at) as effective_at, array_agg(j.lane) as lane,
  array_agg(j.block_no) as block_no
from ledger.journal j
where j.id = any ($1) and j.id between $2 and $3;

-- name: net_before
-- reads: primary
-- home: shard
-- params: account bigint, seq bigint
select x.after from (
  select j.debit_after as after from ledger.journal j
    where j.debit_id = $1 and j.debit_seq = $2::bigint - 1
  union all
  select j.credit_after from ledger.journal j where j.credit_id = $1 and j.credit_seq = $2::bigint - 1
) x
limit 1;

-- name: bound
-- reads: primary
-- home: shard
-- params: after uuid, many bigint
select j.id
from ledger.journal j
where j.id > $1
order by j.id
offset $2
limit 1;

-- How many rows of a range of ids say that they stand in which lane, at most in block `upto`,
-- and the highest block they claim.
-- name: claims
-- reads: primary
-- home: shard
-- params: after uuid, upto uuid, lanes int2[], nos bigint[]
select j.lane, count(*) filter (where j.block_no <= h.no) as known,
  max(j.block_no) as highest
from ledger.journal j
left join unnest($3::int2[], $4::bigint[]) h (lane, no) on h.lane = j.lane
where j.id > $1 and j.id <= $2
group by j.lane;

-- Rows that the block they claim does not list.
-- name: strays
-- reads: primary
-- home: shard
-- params: after uuid, upto uuid
select j.id, j.lane, j.block_no
from ledger.journal j
where j.id > $1 and j.id <= $2
  and not exists (select from ledger.block b
    where b.lane = j.lane and b.no = j.block_no and j.id = any (b.ids))
order by j.id
limit 20;

-- How many blocks there are: the difference between two answers says how busy the books are.
-- name: written
-- reads: primary
-- home: shard
select coalesce(sum(l.block_no), 0)::bigint as written
from ledger.lane l;
