-- Each pair: what another key than $1 has sealed; new bytes where the old ones still are.
-- The number of a key stands in the second and third byte.

-- name: email_older
-- reads: primary
-- home: global
-- params: number int4, many bigint
select t.id, t.id as owner, t.email_sealed as sealed
from identity.person t
where t.email_sealed is not null
  and get_byte(t.email_sealed, 1) * 256 + get_byte(t.email_sealed, 2) <> $1
order by t.id
limit $2;

-- name: email_put
-- reads: primary
-- home: global
-- params: ids uuid[], old bytea[], sealed bytea[]
update identity.person t
set email_sealed = i.sealed
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, old, sealed)
where t.id = i.id
  and t.email_sealed = i.old;

-- name: phone_older
-- reads: primary
-- home: global
-- params: number int4, many bigint
select t.id, t.id as owner, t.phone_sealed as sealed
from identity.person t
where t.phone_sealed is not null
  and get_byte(t.phone_sealed, 1) * 256 + get_byte(t.phone_sealed, 2) <> $1
order by t.id
limit $2;

-- name: phone_put
-- reads: primary
-- home: global
-- params: ids uuid[], old bytea[], sealed bytea[]
update identity.person t
set phone_sealed = i.sealed
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, old, sealed)
where t.id = i.id
  and t.phone_sealed = i.old;

-- name: challenge_older
-- reads: primary
-- home: global
-- params: number int4, many bigint
select t.id, t.id as owner, t.email_sealed as sealed
from identity.challenge t
where t.email_sealed is not null
  and get_byte(t.email_sealed, 1) * 256 + get_byte(t.email_sealed, 2) <> $1
order by t.id
limit $2;

-- name: challenge_put
-- reads: primary
-- home: global
-- params: ids uuid[], old bytea[], sealed bytea[]
update identity.challenge t
set email_sealed = i.sealed
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, old, sealed)
where t.id = i.id
  and t.email_sealed = i.old;

-- name: totp_older
-- reads: primary
-- home: global
-- params: number int4, many bigint
select t.id, t.user_id as owner, t.sealed as sealed
from identity.totp t
where t.sealed is not null
  and get_byte(t.sealed, 1) * 256 + get_byte(t.sealed, 2) <> $1
order by t.id
limit $2;

-- name: totp_put
-- reads: primary
-- home: global
-- params: ids uuid[], old bytea[], sealed bytea[]
update identity.totp t
set sealed = i.sealed
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, old, sealed)
where t.id = i.id
  and t.sealed = i.old;

-- name: step_up_older
-- reads: primary
-- home: global
-- params: number int4, many bigint
select t.id, t.user_id as owner, t.sealed_email as sealed
from identity.step_up t
where t.sealed_email is not null
  and get_byte(t.sealed_email, 1) * 256 + get_byte(t.sealed_email, 2) <> $1
order by t.id
limit $2;

-- name: step_up_put
-- reads: primary
-- home: global
-- params: ids uuid[], old bytea[], sealed bytea[]
update identity.step_up t
set sealed_email = i.sealed
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, old, sealed)
where t.id = i.id
  and t.sealed_email = i.old;

-- name: facts_older
-- reads: primary
-- home: global
-- params: number int4, many bigint
select t.id, t.user_id as owner, t.facts_sealed as sealed
from identity.verification t
where t.facts_sealed is not null
  and get_byte(t.facts_sealed, 1) * 256 + get_byte(t.facts_sealed, 2) <> $1
order by t.id
limit $2;

-- name: facts_put
-- reads: primary
-- home: global
-- params: ids uuid[], old bytea[], sealed bytea[]
update identity.verification t
set facts_sealed = i.sealed
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, old, sealed)
where t.id = i.id
  and t.facts_sealed = i.old;

-- name: documents_older
-- reads: primary
-- home: global
-- params: number int4, many bigint
select d.id, d.user_id
from identity.document d
where d.sealed_by <> $1
order by d.id
limit $2;

-- name: document_put
-- reads: primary
-- home: global
-- params: id uuid, number int4
update identity.document
set sealed_by = $2
where id = $1;
