-- name: add_passkey
-- reads: primary
-- home: global
-- params: id uuid, user_id uuid, credential_id bytea, public_key bytea, sign_count int8, transports text[], name text, at timestamptz
-- Whoever has registered a key keeps it: nobody else can say that it is theirs.
insert into identity.passkey (
  id, user_id, credential_id, public_key, sign_count, transports, name, created_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (credential_id) do nothing;

-- name: use_passkey
-- reads: primary
-- home: global
-- params: id uuid, sign_count int8, at timestamptz
-- Of two answers with the same count, one finds the row unchanged.
update identity.passkey
set sign_count = $2, last_used_at = $3
where id = $1
  and (sign_count < $2 or (sign_count = 0 and $2 = 0));

-- name: rename_passkey
-- reads: primary
-- home: global
-- params: user_id uuid, id uuid, name text
update identity.passkey
set name = $3
where id = $2
  and user_id = $1
returning id, name, transports, created_at, last_used_at;

-- name: drop_passkey
-- reads: primary
-- home: global
-- params: user_id uuid, id uuid
delete from identity.passkey
where id = $2
  and user_id = $1;

-- name: drop_passkeys
-- reads: primary
-- home: global
-- params: user_id uuid, but_used_at timestamptz
delete from identity.passkey
where user_id = $1
  and ($2::timestamptz is null or last_used_at is distinct from $2);
