-- name: standings
-- reads: primary
-- home: global
-- params: payers uuid[], sessions uuid[], payees uuid[], at timestamptz
-- Look-ups by primary key, each a scalar sub-select: of `exists` the planner may make a hash of
-- the whole table (20,000 blocks: 20 times slower), and `offset 0` keeps it from joining tables
-- whole.
select
  (
    select true
    from identity.session s
    where s.id = i.session_id
      and s.user_id = i.payer_id
      and s.revoked_at is null
      and s.expires_at > $4
  ) is not null as is_session_live,
  payer.id is not null as is_payer_known,
  coalesce(payer.tier, 0)::int4 as payer_tier,
  coalesce(payer.handle, '') as payer_handle,
  coalesce(payer.display_name, '') as payer_display_name,
  coalesce(payer.default_visibility, '') as payer_default_visibility,
  coalesce(payer.show_amount, false) as payer_show_amount,
  frozen.scope as payer_freeze_scope,
  frozen.reason_class as payer_freeze_reason,
  payee.id is not null and (
    select true
    from identity.freeze f
    where f.user_id = i.payee_id
      and f.scope = 'all'
      and f.lifted_at is null
  ) is null as is_payee_open,
  coalesce(payee.handle, '') as payee_handle,
  coalesce(payee.display_name, '') as payee_display_name,
  coalesce(payee.default_visibility, '') as payee_default_visibility,
  coalesce(payee.show_amount, false) as payee_show_amount,
  coalesce(
    (
      select true
      from identity.edge e
      where e.user_id = i.payer_id
        and e.friend_id = i.payee_id
        and e.state = 'BLOCKED'
    ),
    (
      select true
      from identity.edge e
      where e.user_id = i.payee_id
        and e.friend_id = i.payer_id
        and e.state = 'BLOCKED'
    )
  ) is not null as is_blocked,
  coalesce(payer.created_at, $4) as payer_since
from unnest($1::uuid[], $2::uuid[], $3::uuid[])
  with ordinality as i (payer_id, session_id, payee_id, n)
left join lateral (
  select p.id, p.tier, p.handle, p.display_name, p.default_visibility, p.show_amount, p.created_at
  from identity.person p
  where p.id = i.payer_id
  offset 0
) payer on true
left join lateral (
  select f.scope, f.reason_class
  from identity.freeze f
  where f.user_id = i.payer_id
    and f.scope in ('send', 'all')
    and f.lifted_at is null
  order by f.scope
  limit 1
) frozen on true
left join lateral (
  select p.id, p.handle, p.display_name, p.default_visibility, p.show_amount
  from identity.person p
  where p.id = i.payee_id
    and not p.is_operator
  offset 0
) payee on true
order by i.n;

-- name: live_sessions
-- reads: primary
-- home: global
-- params: sessions uuid[], at timestamptz
select s.id
from identity.session s
where s.id = any($1::uuid[])
  and s.revoked_at is null
  and s.expires_at > $2;

-- name: session
-- reads: primary
-- home: global
-- params: id uuid
select
  s.id, s.user_id, s.kind, s.is_remembered, s.last_seen_at, s.expires_at, s.ends_at, s.revoked_at,
  s.is_operator
from identity.session s
where s.id = $1;

-- name: session_by_selector
-- reads: primary
-- home: global
-- params: selector_hash bytea
select
  s.id, s.user_id, s.kind, s.is_remembered, s.last_seen_at, s.expires_at, s.ends_at, s.revoked_at,
  s.is_operator
from identity.session s
where s.selector_hash = $1;

-- name: person
-- reads: primary
-- home: global
-- params: id uuid
select
  p.id, p.handle, p.display_name, p.email_sealed, p.phone_sealed, p.tier::int4 as tier,
  p.default_visibility, p.show_amount, p.locale, p.timezone, p.created_at
from identity.person p
where p.id = $1;

-- name: by_handle
-- reads: primary
-- home: global
-- params: handle text
select
  p.id, p.handle, p.display_name, p.email_sealed, p.phone_sealed, p.tier::int4 as tier,
  p.default_visibility, p.show_amount, p.locale, p.timezone, p.created_at
from identity.person p
where p.handle = $1;

-- name: by_email
-- reads: primary
-- home: global
-- params: email_index bytea
select
  p.id, p.handle, p.display_name, p.email_sealed, p.phone_sealed, p.tier::int4 as tier,
  p.default_visibility, p.show_amount, p.locale, p.timezone, p.created_at
from identity.person p
where p.email_index = $1;

-- name: credential
-- reads: primary
-- home: global
-- params: handle text, email_index bytea
select p.id, p.password_hash, coalesce(p.credentials_since, p.created_at) as since
from identity.person p
where p.handle = $1 or p.email_index = $2;

-- name: emails
-- reads: primary
-- home: global
-- params: ids uuid[]
select p.id, p.email_sealed
from identity.person p
where p.id = any($1::uuid[])
  and not p.is_operator;

-- name: cards
-- reads: primary
-- home: global
-- params: ids uuid[]
select p.id, p.handle, p.display_name, p.created_at
from identity.person p
where p.id = any($1::uuid[]);

-- name: freezes
-- reads: primary
-- home: global
-- params: user_id uuid
select
  f.id, f.user_id, f.scope, f.reason_class, f.text, f.review_on, f.frozen_by, f.frozen_at,
  f.is_own, f.lifts_at
from identity.freeze f
where f.user_id = $1
  and f.lifted_at is null
order by f.frozen_at, f.id;

-- name: freeze_words
-- reads: primary
-- home: global
-- params: user_ids uuid[]
select distinct on (f.user_id)
  f.user_id, f.reason_class, f.text, case when not f.is_own then f.review_on end as review_on
from identity.freeze f
where f.user_id = any($1::uuid[])
  and f.scope in ('send', 'all')
  and f.lifted_at is null
order by f.user_id, f.is_own, f.scope;
