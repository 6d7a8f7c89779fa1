-- name: holds
-- reads: primary
-- home: shard
-- params: ids uuid[]
select h.id, h.account_id, h.reserved_id, h.amount, h.captured, h.released, h.state, h.purpose,
  h.cause_id, h.placed_at, h.expires_at, h.closed_at
from ledger.hold h
where h.id = any ($1)
order by h.id;

-- name: open_holds
-- reads: primary
-- home: shard
-- params: owners uuid[], buckets int2[]
select h.id, h.account_id, h.reserved_id, h.amount, h.captured, h.released, h.state, h.purpose,
  h.cause_id, h.placed_at, h.expires_at, h.closed_at
from unnest($1::uuid[], $2::int2[]) w (owner, bucket)
join ledger.account a on a.bucket = w.bucket and a.owner = w.owner
join ledger.hold h on h.account_id = a.id and h.closed_at is null
order by h.placed_at, h.id;

-- name: due_holds
-- reads: primary
-- home: shard
-- params: many bigint
select h.id, h.account_id, h.reserved_id, h.amount, h.captured, h.released, h.state, h.purpose,
  h.cause_id, h.placed_at, h.expires_at, h.closed_at
from ledger.hold h
where h.closed_at is null and h.expires_at <= ledger.now()
order by random()
limit $1;

-- Posted transfers, as a reversal would undo them. A captured hold goes back to its wallet.
-- name: originals
-- reads: primary
-- home: shard
-- params: ids uuid[], lowest uuid, highest uuid
select j.id, coalesce(h.account_id, j.debit_id) as payer, j.credit_id as payee, j.amount,
  coalesce(r.amount, 0) as reversed, j.cause_id
from ledger.journal j
left join ledger.hold h on j.flags = 8 and h.id = j.source_id
left join ledger.reversed r on r.id = j.id
where j.id = any ($1) and j.id between $2 and $3
order by j.id;

-- Those of some accounts that hold reserved money, but not what is left of their open holds.
-- name: unlike_holds
-- reads: primary
-- home: shard
-- params: accounts bigint[]
select a.id
from ledger.account a
where a.id = any ($1) and a.kind = 202
  and a.credits - a.debits <> (
    select coalesce(sum(h.amount - h.captured - h.released), 0)
    from ledger.hold h
    where h.reserved_id = a.id and h.closed_at is null)
order by a.id;
