-- name: add_operator
-- reads: primary
-- home: global
-- params: user_id uuid, role text, linked_user_id uuid, invited_by text, at timestamptz, invite_until timestamptz
insert into identity.operator (user_id, role, linked_user_id, invited_by, invited_at, invite_until)
values ($1, $2, $3, $4, $5, $6);

-- name: disable_operator
-- reads: primary
-- home: global
-- params: user_id uuid, by text, at timestamptz
update identity.operator
set disabled_by = $2, disabled_at = $3
where user_id = $1
  and disabled_at is null;

-- name: lock_admins
-- reads: primary
-- home: global
-- Locked, so that two cannot end each other at once and leave none.
select o.user_id
from identity.operator o
where o.role = 'admin'
  and o.disabled_at is null
order by o.user_id
for update;
