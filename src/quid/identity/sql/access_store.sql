-- name: offer_totp
-- reads: primary
-- home: global
-- params: id uuid, user_id uuid, sealed bytea, at timestamptz
-- A second offer takes the place of the first.
insert into identity.totp (id, user_id, sealed, made_at)
values ($1, $2, $3, $4);

-- name: drop_offer
-- reads: primary
-- home: global
-- params: user_id uuid
delete from identity.totp
where user_id = $1
  and enrolled_at is null;

-- name: turn_totp_on
-- reads: primary
-- home: global
-- params: id uuid, step int8, at timestamptz
update identity.totp
set enrolled_at = $3, last_step = $2
where id = $1
  and enrolled_at is null;

-- name: turn_totp_off
-- reads: primary
-- home: global
-- params: user_id uuid
delete from identity.totp
where user_id = $1
  and enrolled_at is not null;

-- name: use_step
-- reads: primary
-- home: global
-- params: id uuid, step int8
-- Of two who show the same code, one finds the row unchanged.
update identity.totp
set last_step = $2
where id = $1
  and last_step < $2;

-- name: add_recovery_codes
-- reads: primary
-- home: global
-- params: user_id uuid, hashes bytea[], at timestamptz
insert into identity.recovery_code (user_id, code_hash, made_at)
select $1, h.code_hash, $3
from unnest($2::bytea[]) as h (code_hash);

-- name: drop_recovery_codes
-- reads: primary
-- home: global
-- params: user_id uuid
delete from identity.recovery_code
where user_id = $1;

-- name: use_recovery_code
-- reads: primary
-- home: global
-- params: user_id uuid, code_hash bytea, at timestamptz
update identity.recovery_code
set used_at = $3
where user_id = $1
  and code_hash = $2
  and used_at is null;

-- name: lock_person
-- reads: primary
-- home: global
-- params: id uuid
-- Whoever changes how a person proves who they are takes turns.
select p.id
from identity.person p
where p.id = $1
for no key update;

-- name: add_step_up
-- reads: primary
-- home: global
-- params: id uuid, user_id uuid, purpose text, session_id uuid, session_kind text, is_remembered boolean, tries int2, at timestamptz, expires_at timestamptz
insert into identity.step_up (
  id, user_id, purpose, session_id, session_kind, is_remembered, tries_left, created_at, expires_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (id) do nothing;

-- name: put_code
-- reads: primary
-- home: global
-- params: id uuid, code_hash bytea, sealed_email bytea, at timestamptz
update identity.step_up
set code_hash = $2, sealed_email = $3, code_sent_at = $4
where id = $1
  and used_at is null
  and expires_at > $4;

-- name: codes_sent
-- reads: primary
-- home: global
-- params: user_id uuid, since timestamptz
select s.code_sent_at
from identity.step_up s
where s.user_id = $1
  and s.code_sent_at > $2
order by s.code_sent_at;

-- name: pay_try
-- reads: primary
-- home: global
-- params: id uuid, at timestamptz
-- The guess is paid for before it is compared: a thousand at once get five.
update identity.step_up
set tries_left = tries_left - 1
where id = $1
  and tries_left > 0
  and used_at is null
  and expires_at > $2
returning
  id, user_id, purpose, session_id, session_kind, is_remembered, code_hash, sealed_email,
  tries_left::int4 as tries_left;

-- name: begun
-- reads: primary
-- home: global
-- params: user_id uuid, purpose text, since timestamptz
select count(*)
from identity.step_up s
where s.user_id = $1
  and s.purpose = $2
  and s.used_at is null
  and s.created_at > $3;

-- name: use_step_up
-- reads: primary
-- home: global
-- params: id uuid, at timestamptz
update identity.step_up
set used_at = $2
where id = $1
  and used_at is null;

-- name: forget_step_ups
-- reads: primary
-- home: global
-- params: before timestamptz
delete from identity.step_up
where created_at < $1;

-- name: prove_session
-- reads: primary
-- home: global
-- params: id uuid, method text, at timestamptz, selector_hash bytea
-- A browser's session gets a new secret; the old one opens nothing from here on.
update identity.session
set proved_at = $3, proved_by = $2, selector_hash = coalesce($4, selector_hash)
where id = $1
  and revoked_at is null
  and expires_at > $3
returning is_remembered, ends_at;

-- name: place_session
-- reads: primary
-- home: global
-- params: id uuid, device text, device_hash bytea, address text
-- Tells whether the device is new to a person who has been here before.
with placed as (
  update identity.session
  set device = $2, device_hash = $3, address = $4
  where id = $1
  returning user_id
)
select
  $3::bytea is not null
  and exists (
    select
    from identity.session s
    join placed p on p.user_id = s.user_id
    where s.id <> $1
      and s.device_hash is not null
  )
  and not exists (
    select
    from identity.session s
    join placed p on p.user_id = s.user_id
    where s.id <> $1
      and s.device_hash = $3
  );

-- name: revoke_of
-- reads: primary
-- home: global
-- params: user_id uuid, session_id uuid, at timestamptz, why text
update identity.session
set revoked_at = $3, revoked_why = $4
where id = $2
  and user_id = $1
  and revoked_at is null
  and expires_at > $3;

-- name: revoke_all
-- reads: primary
-- home: global
-- params: user_id uuid, but_id uuid, at timestamptz, why text
update identity.session
set revoked_at = $3, revoked_why = $4
where user_id = $1
  and id is distinct from $2
  and revoked_at is null
  and expires_at > $3;

-- name: drop_sign_ins
-- reads: primary
-- home: global
-- params: user_id uuid
-- A sign-in that waits for its second factor began with credentials of before.
delete from identity.step_up
where user_id = $1
  and purpose = 'sign_in'
  and used_at is null;

-- name: new_password
-- reads: primary
-- home: global
-- params: id uuid, password_hash text, at timestamptz
update identity.person
set password_hash = $2, credentials_since = $3
where id = $1;

-- name: note
-- reads: primary
-- home: global
-- params: id uuid, user_id uuid, kind text, session_id uuid, device text, address text, at timestamptz
insert into identity.security_event (id, user_id, kind, session_id, device, address, at)
values ($1, $2, $3, $4, $5, $6, $7);

-- name: close
-- reads: primary
-- home: global
-- params: user_id uuid, ids uuid[], scopes text[], reason_class text, text text, review_on date, frozen_by text, at timestamptz, lifts_at timestamptz
-- Already so: the row that stands stays.
insert into identity.freeze (
  id, user_id, scope, reason_class, text, review_on, frozen_by, frozen_at, is_own, lifts_at
)
select s.id, $1, s.scope, $4, $5, $6, $7, $8, true, $9
from unnest($2::uuid[], $3::text[]) as s (id, scope)
on conflict (user_id, scope, is_own) where lifted_at is null do nothing;

-- name: open
-- reads: primary
-- home: global
-- params: user_id uuid, by text, at timestamptz
update identity.freeze
set lifted_by = $2, lifted_at = $3
where user_id = $1
  and is_own
  and lifted_at is null;

-- name: thaw
-- reads: primary
-- home: global
-- params: at timestamptz
update identity.freeze
set lifted_by = 'time', lifted_at = $1
where lifts_at <= $1
  and lifted_at is null
returning user_id, scope;

-- name: renew_credentials
-- reads: primary
-- home: global
-- params: id uuid, at timestamptz
update identity.person
set credentials_since = $2
where id = $1;
