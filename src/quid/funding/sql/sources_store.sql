-- Writes of banks and cards. Whoever changes a source has locked it, or takes the turn of its
-- person and its account first.

-- name: take_turns
-- reads: primary
-- home: shard
-- params: numbers int4[]
-- In one order for everybody: sorted before the first is taken.
select pg_catalog.pg_advisory_xact_lock(18003, t.number)::text as taken
from (
  select distinct i.number
  from unnest($1::int4[]) as i (number)
  order by i.number
) t;

-- name: lock
-- reads: primary
-- home: shard
-- params: ids uuid[]
select s.id from funding.source s where s.id = any($1::uuid[]) order by s.id for no key update;

-- name: put
-- reads: primary
-- home: shard
-- params: ids uuid[], user_ids uuid[], kinds int2[], states int2[], providers int2[], item_refs text[], account_refs text[], customer_refs text[], method_refs text[], tokens bytea[], institutions text[], names text[], last4s text[], account_types text[], exp_months int2[], exp_years int2[], verify_methods text[], tries int2[], verify_untils timestamptz[], amounts bytea[], can_pulls boolean[], can_pushes boolean[], rtp_pushes boolean[], tokenized boolean[], scores int2[], fingerprints bytea[], disabled_codes text[], created_ats timestamptz[], verified_ats timestamptz[], versions int4[], now timestamptz
-- New rows and changed ones. What leaves the wallet is no default any more; a row that somebody
-- else has changed since it was read is left, and the caller sees it by the count.
insert into funding.source as s (
  id, user_id, kind, state, provider, item_ref, account_ref, customer_ref, method_ref, token,
  institution, name, last4, account_type, exp_month, exp_year, verify_method, tries_left,
  verify_until, amounts, can_pull, can_push, rtp_push, is_tokenized, owner_score, fingerprint,
  disabled_code, created_at, verified_at, version, changed_at
)
select
  i.id, i.user_id, i.kind, i.state, i.provider, i.item_ref, i.account_ref, i.customer_ref,
  i.method_ref, i.token, i.institution, i.name, i.last4, i.account_type, i.exp_month, i.exp_year,
  i.verify_method, i.tries_left, i.verify_until, i.amounts, i.can_pull, i.can_push, i.rtp_push,
  i.is_tokenized, i.score, i.fingerprint, i.disabled_code, i.created_at, i.verified_at,
  i.version + 1, $31
from unnest($1::uuid[], $2::uuid[], $3::int2[], $4::int2[], $5::int2[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::bytea[], $11::text[], $12::text[], $13::text[], $14::text[],
    $15::int2[], $16::int2[], $17::text[], $18::int2[], $19::timestamptz[], $20::bytea[],
    $21::boolean[], $22::boolean[], $23::boolean[], $24::boolean[], $25::int2[], $26::bytea[],
    $27::text[], $28::timestamptz[], $29::timestamptz[], $30::int4[])
  as i (id, user_id, kind, state, provider, item_ref, account_ref, customer_ref, method_ref, token,
    institution, name, last4, account_type, exp_month, exp_year, verify_method, tries_left,
    verify_until, amounts, can_pull, can_push, rtp_push, is_tokenized, score, fingerprint,
    disabled_code, created_at, verified_at, version)
on conflict (id) do update set
  kind = excluded.kind, state = excluded.state, item_ref = excluded.item_ref,
  account_ref = excluded.account_ref, customer_ref = excluded.customer_ref,
  method_ref = excluded.method_ref, token = excluded.token, institution = excluded.institution,
  name = excluded.name, last4 = excluded.last4, account_type = excluded.account_type,
  exp_month = excluded.exp_month, exp_year = excluded.exp_year,
  verify_method = excluded.verify_method, tries_left = excluded.tries_left,
  verify_until = excluded.verify_until, amounts = excluded.amounts, can_pull = excluded.can_pull,
  can_push = excluded.can_push, rtp_push = excluded.rtp_push,
  is_tokenized = excluded.is_tokenized, owner_score = excluded.owner_score,
  fingerprint = excluded.fingerprint, disabled_code = excluded.disabled_code,
  verified_at = excluded.verified_at, changed_at = excluded.changed_at,
  is_default = s.is_default and excluded.state in (30, 40), version = excluded.version
where s.version = excluded.version - 1;

-- name: give_defaults
-- reads: primary
-- home: shard
-- params: user_ids uuid[]
-- Whoever has no default bank, or no default card, gets the one that was proven last.
update funding.source s
set is_default = true
from (
  select distinct on (x.user_id, x.kind = 1) x.id
  from funding.source x
  where x.user_id = any($1::uuid[])
    and x.state = 30
    and not exists (
      select
      from funding.source d
      where d.user_id = x.user_id and (d.kind = 1) = (x.kind = 1) and d.is_default
    )
  order by x.user_id, x.kind = 1, x.verified_at desc, x.id
) chosen
where s.id = chosen.id;

-- name: clear_default
-- reads: primary
-- home: shard
-- params: user_id uuid, is_bank boolean
update funding.source set is_default = false
where user_id = $1 and (kind = 1) = $2 and is_default;

-- name: make_default
-- reads: primary
-- home: shard
-- params: id uuid, now timestamptz
update funding.source set is_default = true, changed_at = $2, version = version + 1
where id = $1 and state = 30;

-- name: pass_owner
-- reads: primary
-- home: shard
-- params: id uuid, by text
update funding.source set passed_by = $2 where id = $1;

-- name: due_to_expire
-- reads: primary
-- home: shard
-- params: now timestamptz, year int2, month int2, many bigint
-- Accounts whose time to be proven is over, and cards whose last month is.
select s.id
from funding.source s
where (s.state = 20 and s.verify_until <= $1)
  or (s.state = 30 and s.kind > 1 and (s.exp_year, s.exp_month) < ($2, $3))
order by s.id
limit $4;

-- name: due_to_shred
-- reads: primary
-- home: shard
-- params: many bigint
-- What has left the wallet and still holds the key to something, once nothing moves on it.
select s.id
from funding.source s
where s.state >= 80
  and s.shredded_at is null
  and not exists (select from funding.operation o where o.source_id = s.id and o.state < 40)
order by s.id
limit $1
for no key update skip locked;

-- name: shred
-- reads: primary
-- home: shard
-- params: ids uuid[], now timestamptz
update funding.source set token = null, amounts = null, shredded_at = $2
where id = any($1::uuid[]);

-- name: shared_items
-- reads: primary
-- home: shard
-- params: item_refs text[]
-- Sign-ins at banks that a live source still uses.
select distinct s.item_ref
from funding.source s
where s.item_ref = any($1::text[])
  and s.provider = 1
  and s.state < 80;

-- name: add_endings
-- reads: primary
-- home: shard
-- params: ids uuid[], user_ids uuid[], tokens bytea[], method_refs text[], at timestamptz
insert into funding.ending (id, user_id, token, method_ref, next_at)
select i.id, i.user_id, i.token, i.method_ref, $5
from unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[])
  as i (id, user_id, token, method_ref);

-- name: take_endings
-- reads: primary
-- home: shard
-- params: now timestamptz, many bigint
-- Each try waits twice as long as the one before, a day at most.
update funding.ending e
set next_at = $1 + least(interval '1 minute' * 2 ^ least(e.attempts, 11), interval '1 day'),
  attempts = e.attempts + 1
from (
  select x.id from funding.ending x where x.next_at <= $1
  order by x.next_at, x.id
  limit $2
  for no key update skip locked
) due
where e.id = due.id
returning e.id, e.user_id, e.token, e.method_ref;

-- name: end_ending
-- reads: primary
-- home: shard
-- params: id uuid
delete from funding.ending where id = $1;

-- name: add_session
-- reads: primary
-- home: shard
-- params: id uuid, user_id uuid, is_card boolean, purpose text, source_id uuid, session_ref text, ip text, user_agent text, at timestamptz, expires_at timestamptz
insert into funding.link_session (
  id, user_id, is_card, purpose, source_id, session_ref, ip, user_agent, created_at, expires_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: lock_session
-- reads: primary
-- home: shard
-- params: id uuid
select l.id from funding.link_session l where l.id = $1 for no key update;

-- name: end_session
-- reads: primary
-- home: shard
-- params: id uuid, state text, source_ids uuid[], at timestamptz
update funding.link_session set state = $2, source_ids = $3, done_at = $4
where id = $1 and state = 'OPEN';

-- name: add_consents
-- reads: primary
-- home: shard
-- params: ids uuid[], user_id uuid, source_ids uuid[], method text, version text, hash bytea, ip text, user_agent text, at timestamptz
insert into funding.consent (
  id, user_id, source_id, method, text_version, text_hash, ip, user_agent, given_at
)
select i.id, $2, i.source_id, $4, $5, $6, $7, $8, $9
from unnest($1::uuid[], $3::uuid[]) as i (id, source_id);

-- name: void_consents
-- reads: primary
-- home: shard
-- params: source_ids uuid[], at timestamptz
update funding.consent set voided_at = $2
where source_id = any($1::uuid[]) and voided_at is null;

-- name: ask_to_look
-- reads: primary
-- home: shard
-- params: user_ids uuid[], at timestamptz
-- Banks whose owner nobody could name when they were linked.
update funding.source set look_at = $2
where user_id = any($1::uuid[])
  and kind = 1
  and state = 30
  and owner_score is null
  and verify_method <> 'typed';

-- name: take_looks
-- reads: primary
-- home: shard
-- params: now timestamptz, next timestamptz, many bigint
-- What the bank does not answer is asked again.
update funding.source s
set look_at = $2
from (
  select x.id from funding.source x where x.look_at <= $1
  order by x.look_at, x.id
  limit $3
  for no key update skip locked
) due
where s.id = due.id
returning s.item_ref;

-- name: looked
-- reads: primary
-- home: shard
-- params: id uuid
update funding.source set look_at = null where id = $1 and look_at is not null;
