-- name: by_resource
-- reads: primary
-- home: shard
-- params: resource_id text, actor text, action text, low uuid, high uuid, many bigint
select
  a.id, a.at, a.actor, a.actor_type, a.action, a.resource_type, a.resource_id, a.ip, a.request_id,
  a.details::text as details, a.outcome
from kit.audit a
where a.resource_id = $1
  and ($2::text is null or a.actor = $2)
  and ($3::text is null or a.action = $3)
  and a.id >= $4 and a.id < $5
order by a.id desc
limit $6;

-- name: by_actor
-- reads: primary
-- home: shard
-- params: actor text, action text, low uuid, high uuid, many bigint
select
  a.id, a.at, a.actor, a.actor_type, a.action, a.resource_type, a.resource_id, a.ip, a.request_id,
  a.details::text as details, a.outcome
from kit.audit a
where a.actor = $1
  and ($2::text is null or a.action = $2)
  and a.id >= $3 and a.id < $4
order by a.id desc
limit $5;

-- name: by_action
-- reads: primary
-- home: shard
-- params: action text, low uuid, high uuid, many bigint
select
  a.id, a.at, a.actor, a.actor_type, a.action, a.resource_type, a.resource_id, a.ip, a.request_id,
  a.details::text as details, a.outcome
from kit.audit a
where a.action = $1
  and a.id >= $2 and a.id < $3
order by a.id desc
limit $4;

-- name: by_time
-- reads: primary
-- home: shard
-- params: low uuid, high uuid, many bigint
select
  a.id, a.at, a.actor, a.actor_type, a.action, a.resource_type, a.resource_id, a.ip, a.request_id,
  a.details::text as details, a.outcome
from kit.audit a
where a.id >= $1 and a.id < $2
order by a.id desc
limit $3;

-- name: last_acts
-- reads: primary
-- home: shard
-- params: actors text[]
-- What was refused is no act: its outcome is a refusal's code, in capitals.
select x.actor, a.action, a.at
from unnest($1::text[]) as x (actor)
cross join lateral (
  select l.action, l.at
  from kit.audit l
  where l.actor = x.actor
    and l.outcome !~ '^[A-Z]'
  order by l.id desc
  limit 1
) a;
