-- name: operators
-- reads: primary
-- home: global
-- params: user_id uuid
-- All of them, or one. Whoever was invited must have set a password of their own in time.
select
  o.user_id as id, p.handle, p.display_name, o.role, o.linked_user_id, o.invited_by, o.invited_at,
  o.disabled_at,
  o.invite_until is null
    or (p.credentials_since is not null and p.credentials_since <= o.invite_until) as is_ready,
  exists (
    select from identity.totp t where t.user_id = o.user_id and t.enrolled_at is not null
  ) as has_factor
from identity.operator o
join identity.person p on p.id = o.user_id
where $1::uuid is null or o.user_id = $1
order by o.disabled_at is not null, p.handle;

-- name: is_close
-- reads: primary
-- home: global
-- params: operator_id uuid, linked_id uuid, people uuid[]
select
  $1::uuid = any ($3::uuid[])
  or coalesce($2::uuid = any ($3::uuid[]), false)
  or exists (
    select
    from identity.edge e
    where e.user_id = $2
      and e.friend_id = any ($3::uuid[])
      and e.state = 'ACCEPTED'
  ) as is_close;

-- name: all_freezes
-- reads: primary
-- home: global
-- params: user_id uuid
select
  f.id, f.scope, f.reason_class, f.text, f.review_on, f.frozen_by, f.frozen_at, f.is_own,
  f.lifted_by, f.lifted_at
from identity.freeze f
where f.user_id = $1
order by f.frozen_at desc, f.id
limit 50;

-- name: freeze_by_id
-- reads: primary
-- home: global
-- params: id uuid
select
  f.id, f.scope, f.reason_class, f.text, f.review_on, f.frozen_by, f.frozen_at, f.is_own,
  f.lifted_by, f.lifted_at
from identity.freeze f
where f.id = $1;
