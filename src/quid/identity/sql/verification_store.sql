-- name: asked_since
-- reads: primary
-- home: global
-- params: user_id uuid, since timestamptz
select count(*)::int4
from identity.verification v
where v.user_id = $1
  and v.tier = 1
  and v.asked_at > $2;

-- name: ask
-- reads: primary
-- home: global
-- params: id uuid, user_id uuid, tier int2, facts_sealed bytea, at timestamptz, request_id text
insert into identity.verification (id, user_id, tier, state, facts_sealed, asked_at, request_id)
values ($1, $2, $3, 'PENDING', $4, $5, $6);

-- name: decide
-- reads: primary
-- home: global
-- params: id uuid, state text, at timestamptz, by text
update identity.verification
set state = $2, decided_at = $3, decided_by = $4
where id = $1
  and state = 'PENDING';

-- name: raise_tier
-- reads: primary
-- home: global
-- params: user_id uuid, tier int2
update identity.person
set tier = $2
where id = $1
  and tier < $2;

-- name: add_document
-- reads: primary
-- home: global
-- params: id uuid, verification_id uuid, user_id uuid, media_type text, size int4, at timestamptz, sealed_by int4
insert into identity.document (id, verification_id, user_id, media_type, size, added_at, sealed_by)
values ($1, $2, $3, $4, $5, $6, $7);
