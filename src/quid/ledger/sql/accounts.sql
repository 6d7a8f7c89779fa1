-- name: owned
-- reads: primary
-- home: shard
-- params: owners uuid[], buckets int2[], currency character
select a.id, a.owner, a.kind, a.currency::text as currency, a.flags, a.floor, a.ceil, a.debits,
  a.credits, a.seq, a.changed_at
from unnest($1::uuid[], $2::int2[]) w (owner, bucket)
join ledger.account a on a.bucket = w.bucket and a.owner = w.owner and a.currency = $3
order by a.id;

-- What stands on the accounts of some people, by kind: a person without one is left out.
-- name: nets
-- reads: primary
-- home: shard
-- params: owners uuid[], buckets int2[], kinds int2[], currency character
select a.owner, a.kind, sum(a.credits - a.debits)::bigint as net
from unnest($1::uuid[], $2::int2[]) w (owner, bucket)
join ledger.account a on a.bucket = w.bucket and a.owner = w.owner and a.kind = any ($3)
  and a.currency = $4
group by a.owner, a.kind
order by a.owner, a.kind;

-- Who owes and holds money that can be taken: the oldest accounts first. What is frozen or closed is
-- left out here, or a screenful of it would keep all the others from their turn.
-- name: debtors
-- reads: primary
-- home: shard
-- params: currency character, after bigint, many bigint
select r.owner, r.id as receivable_id, w.id as wallet_id, r.debits - r.credits as owed_minor,
  w.credits - w.debits as available_minor, w.flags as wallet_flags
from ledger.account r
join ledger.account w on w.bucket = r.bucket and w.owner = r.owner and w.kind = 201
  and w.currency = r.currency and w.part = 0
where r.kind = 121 and r.currency = $1 and r.id > $2
  and r.debits > r.credits and w.credits > w.debits
  and (r.flags | w.flags) & 6 = 0
order by r.id
limit $3;

-- Who may not spend because of a debt, and owes nothing.
-- name: cleared
-- reads: primary
-- home: shard
-- params: currency character, many bigint
select r.owner, r.id as receivable_id, w.id as wallet_id, 0::bigint as owed_minor,
  w.credits - w.debits as available_minor, w.flags as wallet_flags
from ledger.account r
join ledger.account w on w.bucket = r.bucket and w.owner = r.owner and w.kind = 201
  and w.currency = r.currency and w.part = 0 and w.flags & 1 = 1
where r.kind = 121 and r.currency = $1 and r.debits = r.credits
order by r.id
limit $2;

-- What all people together have of our credit.
-- name: advanced
-- reads: primary
-- home: shard
-- params: currency character
select coalesce(sum(a.debits - a.credits), 0)::bigint as minor
from ledger.account a
where a.kind = 120 and a.currency = $1;

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
