-- name: proven
-- reads: primary
-- home: global
-- params: session_id uuid
select s.proved_at as at, s.proved_by as method
from identity.session s
where s.id = $1
  and s.proved_at is not null;

-- name: totp
-- reads: primary
-- home: global
-- params: user_id uuid
select t.id, t.sealed, t.enrolled_at
from identity.totp t
where t.user_id = $1
  and t.enrolled_at is not null;

-- name: totp_offered
-- reads: primary
-- home: global
-- params: user_id uuid
select t.id, t.sealed, t.enrolled_at
from identity.totp t
where t.user_id = $1
  and t.enrolled_at is null;

-- name: factors
-- reads: primary
-- home: global
-- params: user_id uuid, at timestamptz
-- After a recovery by e-mail alone, e-mail proves nothing more for a day.
select
  coalesce(p.credentials_since, p.created_at) as credentials_since,
  (
    select t.enrolled_at
    from identity.totp t
    where t.user_id = p.id
      and t.enrolled_at is not null
  ) as totp_since,
  (
    select min(k.created_at)
    from identity.passkey k
    where k.user_id = p.id
  ) as passkey_since,
  (
    select min(c.made_at)
    from identity.recovery_code c
    where c.user_id = p.id
      and c.used_at is null
  ) as codes_since,
  not exists (
    select
    from identity.freeze f
    where f.user_id = p.id
      and f.is_own
      and f.lifted_at is null
      and f.lifts_at > $2
  ) as is_email_enough
from identity.person p
where p.id = $1;

-- name: is_locked
-- reads: primary
-- home: global
-- params: user_id uuid
select exists (
  select
  from identity.freeze f
  where f.user_id = $1
    and f.is_own
    and f.lifted_at is null
    and f.lifts_at is null
) or exists (
  select
  from identity.operator o
  where o.user_id = $1
    and o.disabled_at is not null
);

-- name: credentials_since
-- reads: primary
-- home: global
-- params: user_id uuid
select coalesce(p.credentials_since, p.created_at)
from identity.person p
where p.id = $1;

-- name: password_of
-- reads: primary
-- home: global
-- params: user_id uuid
select p.password_hash
from identity.person p
where p.id = $1;

-- name: open_sessions
-- reads: primary
-- home: global
-- params: user_id uuid, at timestamptz
select
  s.id, s.kind, s.device, s.address, s.created_at, s.last_seen_at,
  s.expires_at as idle_until, s.ends_at
from identity.session s
where s.user_id = $1
  and s.revoked_at is null
  and s.expires_at > $2
order by s.last_seen_at desc, s.id
limit 200;

-- name: security_events
-- reads: primary
-- home: global
-- params: user_id uuid, before timestamptz, before_id uuid, limit int8
select e.id, e.kind, e.session_id, e.device, e.address, e.at
from identity.security_event e
where e.user_id = $1
  and (e.at, e.id) < ($2, $3)
order by e.at desc, e.id desc
limit $4;

-- name: asked_of
-- reads: primary
-- home: global
-- params: id uuid, purpose text, session_id uuid
-- To another session the challenge is not there.
select s.user_id
from identity.step_up s
where s.id = $1
  and s.purpose = $2
  and s.session_id is not distinct from $3;

-- name: is_proven
-- reads: primary
-- home: global
-- params: id uuid, purpose text
-- The proof was given; what it was given for may still be outstanding, if the process died between.
select exists (
  select from identity.step_up s
  where s.id = $1
    and s.purpose = $2
    and s.used_at is not null
) as is_proven;
