-- name: owned
-- reads: primary
-- home: shard
-- params: bucket int2, owner uuid, currency character
select a.id, a.owner, a.kind, a.currency::text as currency, a.flags, a.floor, a.ceil, a.debits,
  a.credits, a.seq, a.changed_at
from ledger.account a
where a.bucket = $1 and a.owner = $2 and a.currency = $3
order by a.id;

-- name: free_accounts
-- reads: primary
-- home: shard
-- params: accounts bigint[]
select f.id from ledger.free_accounts($1) f (id);
