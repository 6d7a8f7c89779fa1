-- name: latest
-- reads: primary
-- home: global
-- params: user_id uuid
-- What is pending is the last, whatever the clocks of two processes say: there is one at most.
select v.id, v.user_id, v.tier::int4 as tier, v.state, v.facts_sealed, v.asked_at, v.request_id
from identity.verification v
where v.user_id = $1
order by v.state = 'PENDING' desc, v.asked_at desc, v.id desc
limit 1;

-- name: by_id
-- reads: primary
-- home: global
-- params: id uuid
select v.id, v.user_id, v.tier::int4 as tier, v.state, v.facts_sealed, v.asked_at, v.request_id
from identity.verification v
where v.id = $1;

-- name: facts_for
-- reads: primary
-- home: global
-- params: id uuid
-- The row that holds what a verification is held against: its own facts, or, where it is of
-- documents alone, what the same person said
-- last before them.
select f.id, f.user_id, f.tier::int4 as tier, f.state, f.facts_sealed, f.asked_at, f.request_id
from identity.verification v
join identity.verification f on f.user_id = v.user_id
where v.id = $1
  and f.facts_sealed is not null
order by f.id = v.id desc, f.asked_at <= v.asked_at desc, f.asked_at desc, f.id desc
limit 1;

-- name: verified
-- reads: primary
-- home: global
-- params: user_id uuid
select v.id, v.user_id, v.tier::int4 as tier, v.state, v.facts_sealed, v.asked_at, v.request_id
from identity.verification v
where v.user_id = $1
  and v.state = 'VERIFIED'
  and v.facts_sealed is not null
order by v.asked_at desc, v.id desc
limit 1;

-- name: left_over
-- reads: primary
-- home: global
-- params: before timestamptz, n bigint
select v.id, v.user_id, v.tier::int4 as tier, v.state, v.facts_sealed, v.asked_at, v.request_id
from identity.verification v
where v.state = 'PENDING'
  and v.tier = 1
  and v.asked_at < $1
order by v.asked_at
limit $2;

-- name: waiting
-- reads: primary
-- home: global
-- params: n bigint
-- Those with documents that wait for an operator, the oldest first.
select
  v.id, v.user_id, v.asked_at,
  (select count(*)::int4 from identity.document d where d.verification_id = v.id) as documents
from identity.verification v
where v.state = 'PENDING'
  and v.tier = 2
order by v.asked_at, v.id
limit $1;

-- name: documents
-- reads: primary
-- home: global
-- params: verification_id uuid
select d.id, d.user_id, d.media_type, d.size, d.added_at
from identity.document d
where d.verification_id = $1
order by d.added_at, d.id;

-- name: tier
-- reads: primary
-- home: global
-- params: user_id uuid
select p.tier::int4
from identity.person p
where p.id = $1;
