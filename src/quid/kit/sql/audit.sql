-- name: record
-- reads: primary
-- home: shard
-- params: ids uuid[], ats timestamptz[], actors text[], actor_types text[], actions text[], resource_types text[], resource_ids text[], outcomes text[], requests text[], details text[], ip text
insert into kit.audit (id, at, actor, actor_type, action, resource_type, resource_id, outcome,
  request_id, details, ip)
select e.id, e.at, e.actor, e.actor_type, e.action, e.resource_type, e.resource_id, e.outcome,
  e.request_id, e.details::jsonb, $11
from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[],
    $7::text[], $8::text[], $9::text[], $10::text[])
  as e (id, at, actor, actor_type, action, resource_type, resource_id, outcome, request_id, details)
on conflict (id) do nothing;
