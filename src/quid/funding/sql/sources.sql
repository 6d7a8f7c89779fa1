-- Reads of banks and cards. Codes are those of funding.types: kind 1 is a bank; states 10 to 30 and
-- 40 are live, 30 is VERIFIED.

-- name: by_ids
-- reads: primary
-- home: shard
-- params: ids uuid[]
select s.id, s.user_id, s.kind, s.state, s.is_default, s.provider, s.item_ref, s.account_ref,
  s.customer_ref, s.method_ref, s.token, s.institution, s.name, s.last4, s.account_type,
  s.exp_month, s.exp_year, s.verify_method, s.tries_left, s.verify_until, s.amounts, s.can_pull,
  s.can_push, s.rtp_push, s.is_tokenized, s.owner_score, s.fingerprint, s.disabled_code,
  s.created_at, s.verified_at, s.changed_at, s.version
from funding.source s
where s.id = any($1::uuid[])
order by s.id;

-- name: of_person
-- reads: primary
-- home: shard
-- params: user_id uuid, and_removed boolean, many bigint
-- The oldest first; what its owner took away is asked for, and comes last.
select s.id, s.user_id, s.kind, s.state, s.is_default, s.provider, s.item_ref, s.account_ref,
  s.customer_ref, s.method_ref, s.token, s.institution, s.name, s.last4, s.account_type,
  s.exp_month, s.exp_year, s.verify_method, s.tries_left, s.verify_until, s.amounts, s.can_pull,
  s.can_push, s.rtp_push, s.is_tokenized, s.owner_score, s.fingerprint, s.disabled_code,
  s.created_at, s.verified_at, s.changed_at, s.version
from funding.source s
where s.user_id = $1
  and (s.state < 90 or $2)
order by s.state = 90, s.created_at, s.id
limit $3;

-- name: every_of_person
-- reads: primary
-- home: shard
-- params: user_id uuid, many bigint
-- For operators: the latest first, those taken away too.
select s.id, s.user_id, s.kind, s.state, s.is_default, s.provider, s.item_ref, s.account_ref,
  s.customer_ref, s.method_ref, s.token, s.institution, s.name, s.last4, s.account_type,
  s.exp_month, s.exp_year, s.verify_method, s.tries_left, s.verify_until, s.amounts, s.can_pull,
  s.can_push, s.rtp_push, s.is_tokenized, s.owner_score, s.fingerprint, s.disabled_code,
  s.created_at, s.verified_at, s.changed_at, s.version
from funding.source s
where s.user_id = $1
order by s.created_at desc, s.id desc
limit $2;

-- name: defaults
-- reads: primary
-- home: shard
-- params: user_ids uuid[]
-- What can be used and is used by itself: at most a bank and a card for each person.
select s.id, s.user_id, s.kind, s.state, s.is_default, s.provider, s.item_ref, s.account_ref,
  s.customer_ref, s.method_ref, s.token, s.institution, s.name, s.last4, s.account_type,
  s.exp_month, s.exp_year, s.verify_method, s.tries_left, s.verify_until, s.amounts, s.can_pull,
  s.can_push, s.rtp_push, s.is_tokenized, s.owner_score, s.fingerprint, s.disabled_code,
  s.created_at, s.verified_at, s.changed_at, s.version
from funding.source s
where s.user_id = any($1::uuid[])
  and s.is_default
  and s.state = 30;

-- name: of_item
-- reads: primary
-- home: shard
-- params: provider int2, item_ref text
select s.id, s.user_id, s.kind, s.state, s.is_default, s.provider, s.item_ref, s.account_ref,
  s.customer_ref, s.method_ref, s.token, s.institution, s.name, s.last4, s.account_type,
  s.exp_month, s.exp_year, s.verify_method, s.tries_left, s.verify_until, s.amounts, s.can_pull,
  s.can_push, s.rtp_push, s.is_tokenized, s.owner_score, s.fingerprint, s.disabled_code,
  s.created_at, s.verified_at, s.changed_at, s.version
from funding.source s
where s.provider = $1
  and s.item_ref = $2
  and s.state < 80
order by s.id;

-- name: in_review
-- reads: primary
-- home: shard
-- params: many bigint
-- Proven banks whose owner may be somebody else, the longest waiting first.
select s.id, s.user_id, s.kind, s.state, s.is_default, s.provider, s.item_ref, s.account_ref,
  s.customer_ref, s.method_ref, s.token, s.institution, s.name, s.last4, s.account_type,
  s.exp_month, s.exp_year, s.verify_method, s.tries_left, s.verify_until, s.amounts, s.can_pull,
  s.can_push, s.rtp_push, s.is_tokenized, s.owner_score, s.fingerprint, s.disabled_code,
  s.created_at, s.verified_at, s.changed_at, s.version
from funding.source s
where s.state = 30
  and s.kind = 1
  and not s.can_push
order by s.verified_at, s.id
limit $1;

-- name: live_count
-- reads: primary
-- home: shard
-- params: user_id uuid
select count(*)::int4 from funding.source s where s.user_id = $1 and s.state < 80;

-- name: peers
-- reads: primary
-- home: shard
-- params: fingerprints bytea[]
-- Whoever has the same account or card, and whom an operator has forbidden it.
select s.id, s.user_id, s.fingerprint, s.state, s.disabled_code
from funding.source s
where s.fingerprint = any($1::bytea[])
  and s.state < 80
union all
select s.id, s.user_id, s.fingerprint, s.state, s.disabled_code
from funding.source s
where s.fingerprint = any($1::bytea[])
  and s.state = 82;

-- name: is_in_use
-- reads: primary
-- home: shard
-- params: id uuid
select exists (
  select from funding.operation o where o.source_id = $1 and o.state < 40
) as is_in_use;

-- name: customer_ref
-- reads: primary
-- home: shard
-- params: user_id uuid
select s.customer_ref
from funding.source s
where s.user_id = $1
  and s.customer_ref is not null
order by s.created_at desc, s.id desc
limit 1;

-- name: passed_by
-- reads: primary
-- home: shard
-- params: ids uuid[]
select s.id, s.passed_by
from funding.source s
where s.id = any($1::uuid[])
  and s.passed_by is not null;

-- name: session
-- reads: primary
-- home: shard
-- params: id uuid
select l.id, l.user_id, l.is_card, l.purpose, l.source_id, l.session_ref, l.state, l.source_ids,
  l.ip, l.user_agent, l.created_at, l.expires_at
from funding.link_session l
where l.id = $1;

-- name: session_by_ref
-- reads: primary
-- home: shard
-- params: session_ref text
select l.id, l.user_id, l.is_card, l.purpose, l.source_id, l.session_ref, l.state, l.source_ids,
  l.ip, l.user_agent, l.created_at, l.expires_at
from funding.link_session l
where l.session_ref = $1;

-- name: open_sessions
-- reads: primary
-- home: shard
-- params: user_id uuid, now timestamptz, many bigint
select l.id, l.user_id, l.is_card, l.purpose, l.source_id, l.session_ref, l.state, l.source_ids,
  l.ip, l.user_agent, l.created_at, l.expires_at
from funding.link_session l
where l.user_id = $1
  and l.state = 'OPEN'
  and not l.is_card
  and l.purpose = 'new'
  and l.expires_at > $2
order by l.created_at desc
limit $3;

-- name: typed_since
-- reads: primary
-- home: shard
-- params: user_id uuid, since timestamptz
-- Small amounts that were sent to prove accounts: two for each.
select count(*)::int4
from funding.operation o
where o.user_id = $1
  and o.kind = 6
  and o.created_at > $2;
