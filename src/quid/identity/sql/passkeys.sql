-- name: passkeys
-- reads: primary
-- home: global
-- params: user_id uuid
select k.id, k.name, k.transports, k.created_at, k.last_used_at
from identity.passkey k
where k.user_id = $1
order by k.created_at, k.id;

-- name: keys_of
-- reads: primary
-- home: global
-- params: user_id uuid, made_by timestamptz
-- Keys made by then; of a person who came later all are as old as they.
select k.id, k.user_id, k.credential_id, k.public_key, k.sign_count, k.transports
from identity.passkey k
join identity.person p on p.id = k.user_id
where k.user_id = $1
  and ($2::timestamptz is null or k.created_at <= $2 or p.created_at >= $2)
order by k.created_at, k.id;

-- name: key
-- reads: primary
-- home: global
-- params: credential_id bytea
select k.id, k.user_id, k.credential_id, k.public_key, k.sign_count, k.transports
from identity.passkey k
where k.credential_id = $1;

-- name: has_passkey
-- reads: primary
-- home: global
-- params: user_id uuid
select exists (
  select
  from identity.passkey k
  where k.user_id = $1
);
