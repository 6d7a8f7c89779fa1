-- name: ask
-- reads: primary
-- home: shard
-- params: id uuid, act text, resource_type text, resource_id text, payload jsonb, people uuid[], reason text, asked_by uuid, asked_role text, asked_at timestamptz, expires_at timestamptz
insert into kit.approval (
  id, act, resource_type, resource_id, payload, people, reason, asked_by, asked_role, asked_at,
  expires_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: lock
-- reads: primary
-- home: shard
-- params: id uuid
select
  a.id, a.act, a.resource_type, a.resource_id, a.payload, a.people, a.reason, a.asked_by,
  a.asked_role, a.asked_at, a.expires_at, a.decision, a.decided_by, a.decided_at, a.decided_reason
from kit.approval a
where a.id = $1
for no key update;

-- name: decide
-- reads: primary
-- home: shard
-- params: id uuid, decision text, by uuid, at timestamptz, reason text
update kit.approval
set decision = $2, decided_by = $3, decided_at = $4, decided_reason = $5
where id = $1
  and decision is null;

-- name: one
-- reads: primary
-- home: shard
-- params: id uuid
select
  a.id, a.act, a.resource_type, a.resource_id, a.payload, a.people, a.reason, a.asked_by,
  a.asked_role, a.asked_at, a.expires_at, a.decision, a.decided_by, a.decided_at, a.decided_reason
from kit.approval a
where a.id = $1;

-- name: page
-- reads: primary
-- home: shard
-- params: pending_at timestamptz, before uuid, many bigint
select
  a.id, a.act, a.resource_type, a.resource_id, a.payload, a.people, a.reason, a.asked_by,
  a.asked_role, a.asked_at, a.expires_at, a.decision, a.decided_by, a.decided_at, a.decided_reason
from kit.approval a
where ($1::timestamptz is null or (a.decision is null and a.expires_at > $1))
  and ($2::uuid is null or a.id < $2)
order by a.id desc
limit $3;
