-- name: chain
-- reads: primary
-- home: shard
-- params: blocks integer
select c.no, c.rows, c.hash
from kit.chain_audit($1) c;

-- name: ensure_months
-- reads: primary
-- home: shard
-- params: today date, months integer
select kit.ensure_audit_months($1::date, $2::integer) as made;

-- name: head
-- reads: primary
-- home: shard
select b.no, cardinality(b.ids) as rows, b.hash
from kit.audit_block b
order by b.no desc
limit 1;

-- name: blocks
-- reads: primary
-- home: shard
-- params: after bigint, many bigint
select b.no, b.ids, b.marks, (extract(epoch from b.at) * 1000000)::bigint as at, b.prev, b.hash
from kit.audit_block b
where b.no > $1
order by b.no
limit $2;

-- The text that `kit.audit_line` makes, written here again: whoever could change that function
-- must not be believed.
-- name: lines
-- reads: primary
-- home: shard
-- params: ids uuid[]
select a.id, row(a.id, (extract(epoch from a.at) * 1000000)::bigint, a.actor, a.actor_type, a.action,
  a.resource_type, a.resource_id, a.ip, a.request_id, a.details, a.outcome, a.xid)::text as line
from kit.audit a
where a.id = any ($1::uuid[]);

-- Rows that a block must hold: those up to where the chain stands.
-- name: passed
-- reads: primary
-- home: shard
-- params: after uuid, many bigint
select a.id
from kit.audit a
where a.id > $1
  and (a.xid, a.id) <= (
    select b.xid, b.ids[cardinality(b.ids)]
    from kit.audit_block b
    order by b.no desc
    limit 1
  )
order by a.id
limit $2;

-- name: held
-- reads: primary
-- home: shard
-- params: low uuid, high uuid, ids uuid[]
select x.id
from kit.audit_block b
cross join lateral unnest(b.ids) as x (id)
where b.high >= $1
  and b.low <= $2
  and x.id = any ($3::uuid[]);

-- name: waiting
-- reads: primary
-- home: shard
select count(*) as rows
from kit.audit a
where (a.xid, a.id) > (
  coalesce((select b.xid from kit.audit_block b order by b.no desc limit 1), '0'::xid8),
  coalesce(
    (select b.ids[cardinality(b.ids)] from kit.audit_block b order by b.no desc limit 1),
    '00000000-0000-0000-0000-000000000000'::uuid));
