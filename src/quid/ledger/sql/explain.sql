-- The transfers of a cause: its own id, those derived from it, which share its millisecond, and
-- those that act on it, of any time: captures, releases, reversals.
-- name: transfers
-- reads: primary
-- home: shard
-- params: id uuid, lowest uuid, highest uuid
with wanted as (
  select f.id from ledger.journal f
    where f.id between $2 and $3 and (f.id = $1 or f.cause_id = $1)
  union
  select f.id from ledger.journal f where f.source_id = $1
)
select j.id, j.code, j.flags, j.amount, j.asked, j.currency::text as currency, j.recorded_at,
  j.debit_id, j.debit_seq, j.debit_after, d.kind as debit_kind, d.owner as debit_owner,
  j.credit_id, j.credit_seq, j.credit_after, c.kind as credit_kind, c.owner as credit_owner,
  j.lane, j.block_no, b.hash, array_position(b.ids, j.id) as place,
  cardinality(b.ids) as size, j.group_id, j.source_id, j.effective_at
from wanted w
join ledger.journal j on j.id = w.id
join ledger.account d on d.id = j.debit_id
join ledger.account c on c.id = j.credit_id
left join ledger.block b on b.lane = j.lane and b.no = j.block_no and b.at = j.recorded_at
order by j.recorded_at, j.lane, j.block_no, place;

-- name: refusals
-- reads: primary
-- home: shard
-- params: id uuid, lowest uuid, highest uuid
select r.id, r.result, r.code, r.asked, r.debit_id, r.credit_id, r.at, r.tag
from ledger.refusal r
where r.id between $2 and $3 and (r.id = $1 or r.cause_id = $1)
order by r.at, r.id;

-- How much of each of these transfers is undone.
-- name: undone
-- reads: primary
-- home: shard
-- params: ids uuid[]
select r.id, r.amount
from ledger.reversed r
where r.id = any ($1);
