-- name: owned
-- reads: primary
-- home: shard
-- params: bucket int2, owner uuid, currency character
select a.id, a.owner, a.kind, a.currency::text as currency, a.flags, a.floor, a.ceil, a.debits,
  a.credits, a.seq, a.changed_at
from ledger.account a
where a.bucket = $1 and a.owner = $2 and a.currency = $3
order by a.id;

-- The transaction that holds a row is its xmax; a lane holds an advisory lock of its class.
-- name: held_by_others
-- reads: primary
-- home: shard
-- params: accounts bigint[], lane_class oid
select a.id
from ledger.account a
join pg_catalog.pg_locks t
  on t.locktype = 'transactionid' and t.transactionid = a.xmax and t.granted
where a.id = any ($1)
  and not exists (
    select
    from pg_catalog.pg_locks l
    where l.pid = t.pid
      and l.locktype = 'advisory'
      and l.classid = $2
      and l.objsubid = 2
      and l.granted
  );
