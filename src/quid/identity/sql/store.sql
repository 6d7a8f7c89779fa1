-- name: add_person
-- reads: primary
-- home: global
-- params: id uuid, handle text, handle_folded text, display_name text, email_sealed bytea, email_index bytea, password_hash text, tier int2, default_visibility text, show_amount boolean, locale text, timezone text, created_at timestamptz, is_operator boolean
-- The claim decides between two at once; a handle that somebody has left stays theirs.
with claimed as (
  insert into identity.handle_claim (handle_folded, user_id)
  values ($3, $1)
  on conflict do nothing
  returning user_id
)
insert into identity.person (
  id, handle, handle_folded, display_name, email_sealed, email_index, password_hash, tier,
  default_visibility, show_amount, locale, timezone, created_at,
  is_operator
)
select c.user_id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
from claimed c
on conflict do nothing;

-- name: taken
-- reads: primary
-- home: global
-- params: handle_folded text, email_index bytea, user_id uuid
select
  exists (select from identity.person p where p.email_index = $2) as is_email,
  exists (
    select from identity.handle_claim c where c.handle_folded = $1 and c.user_id <> $3
  ) as is_handle;

-- name: set_password_hash
-- reads: primary
-- home: global
-- params: id uuid, old_hash text, new_hash text
update identity.person
set password_hash = $3
where id = $1
  and password_hash = $2;

-- name: open_session
-- reads: primary
-- home: global
-- params: id uuid, user_id uuid, kind text, selector_hash bytea, verifier_hash bytea, is_remembered boolean, at timestamptz, expires_at timestamptz, ends_at timestamptz, operator_ends_at timestamptz
insert into identity.session (
  id, user_id, kind, selector_hash, verifier_hash, is_remembered, created_at, last_seen_at,
  expires_at, ends_at, is_operator
)
select
  $1, p.id, $3, $4, $5, $6, $7, $7,
  case when p.is_operator then least($8::timestamptz, $10::timestamptz) else $8::timestamptz end,
  case when p.is_operator then least($9::timestamptz, $10::timestamptz) else $9::timestamptz end,
  p.is_operator
from identity.person p
where p.id = $2
returning is_operator;

-- name: touch_session
-- reads: primary
-- home: global
-- params: id uuid, at timestamptz, expires_at timestamptz
-- Never backwards, never after its end: a late touch cannot wake a session that has died.
update identity.session
set last_seen_at = $2, expires_at = $3
where id = $1
  and last_seen_at < $2
  and expires_at > $2
  and revoked_at is null;

-- name: rotate
-- reads: primary
-- home: global
-- params: selector_hash bytea, old_verifier bytea, new_verifier bytea, at timestamptz, expires_at timestamptz
update identity.session
set verifier_hash = $3, last_seen_at = $4,
  expires_at = case when is_operator then ends_at else $5 end,
  ends_at = case when is_operator then ends_at else $5 end
where selector_hash = $1
  and kind = 'api'
  and verifier_hash = $2
  and revoked_at is null
  and expires_at > $4
returning id, user_id, is_operator;

-- name: revoke
-- reads: primary
-- home: global
-- params: id uuid, at timestamptz, why text
update identity.session
set revoked_at = $2, revoked_why = $3
where id = $1
  and revoked_at is null;

-- name: revoke_family
-- reads: primary
-- home: global
-- params: selector_hash bytea, at timestamptz, why text
update identity.session
set revoked_at = $2, revoked_why = $3
where selector_hash = $1
  and kind = 'api'
  and revoked_at is null
  and expires_at > $2
returning id, user_id, is_operator;

-- name: recent_challenges
-- reads: primary
-- home: global
-- params: email_index bytea, since timestamptz
select c.created_at
from identity.challenge c
where c.email_index = $1
  and c.created_at > $2
order by c.created_at;

-- name: add_challenge
-- reads: primary
-- home: global
-- params: id uuid, email_sealed bytea, email_index bytea, code_hash bytea, tries int2, at timestamptz, expires_at timestamptz
insert into identity.challenge (
  id, purpose, email_sealed, email_index, code_hash, tries_left, created_at, expires_at
)
values ($1, 'enter', $2, $3, $4, $5, $6, $7);

-- name: take_try
-- reads: primary
-- home: global
-- params: id uuid, at timestamptz
-- The guess is paid for before it is compared: a thousand at once get five.
update identity.challenge
set tries_left = tries_left - 1
where id = $1
  and tries_left > 0
  and used_at is null
  and expires_at > $2
returning email_sealed, code_hash, tries_left::int4 as tries_left;

-- name: has_challenge
-- reads: primary
-- home: global
-- params: id uuid
select exists (select from identity.challenge c where c.id = $1);

-- name: use_challenge
-- reads: primary
-- home: global
-- params: id uuid, at timestamptz, ticket_hash bytea, ticket_expires_at timestamptz
update identity.challenge
set used_at = $2, ticket_hash = $3, ticket_expires_at = $4
where id = $1
  and used_at is null;

-- name: has_ticket
-- reads: primary
-- home: global
-- params: ticket_hash bytea, at timestamptz
select exists (
  select
  from identity.challenge c
  where c.ticket_hash = $1
    and c.ticket_used_at is null
    and c.ticket_expires_at > $2
);

-- name: use_ticket
-- reads: primary
-- home: global
-- params: ticket_hash bytea, at timestamptz
update identity.challenge
set ticket_used_at = $2
where ticket_hash = $1
  and ticket_used_at is null
  and ticket_expires_at > $2
returning id, email_sealed;

-- name: forget_challenges
-- reads: primary
-- home: global
-- params: before timestamptz
delete from identity.challenge
where created_at < $1;

-- name: forget_sessions
-- reads: primary
-- home: global
-- params: before timestamptz
delete from identity.session
where ends_at < $1;

-- name: freeze
-- reads: primary
-- home: global
-- params: id uuid, user_id uuid, scope text, reason_class text, text text, review_on date, frozen_by text, at timestamptz
insert into identity.freeze (
  id, user_id, scope, reason_class, text, review_on, frozen_by, frozen_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (user_id, scope, is_own) where lifted_at is null do nothing;

-- name: unfreeze
-- reads: primary
-- home: global
-- params: user_id uuid, scope text, by text, at timestamptz
update identity.freeze
set lifted_by = $3, lifted_at = $4
where user_id = $1
  and scope = $2
  and not is_own
  and lifted_at is null;
