-- name: lock_name
-- reads: primary
-- home: global
-- params: class int4, name text
-- Held to the end of the transaction: who comes second sees what the first has written.
select pg_catalog.pg_advisory_xact_lock($1::int4, pg_catalog.hashtext($2));

-- name: set_email
-- reads: primary
-- home: global
-- params: id uuid, email_sealed bytea, email_index bytea
update identity.person
set email_sealed = $2, email_index = $3
where id = $1
  and not exists (
    select
    from identity.person other
    where other.email_index = $3
      and other.id <> $1
  );

-- name: set_phone
-- reads: primary
-- home: global
-- params: id uuid, phone_sealed bytea, phone_index bytea
-- Both null: no phone.
update identity.person
set phone_sealed = $2, phone_index = $3
where id = $1
  and not exists (
    select
    from identity.person other
    where other.phone_index = $3
      and other.id <> $1
  );

-- name: unsealed
-- reads: primary
-- home: global
-- params: n bigint
select p.id, p.email
from identity.person p
where p.email is not null
order by p.id
limit $1
for no key update;

-- name: seal_emails
-- reads: primary
-- home: global
-- params: ids uuid[], sealed bytea[], indexes bytea[]
update identity.person p
set email = null, email_sealed = i.sealed, email_index = i.email_index
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, sealed, email_index)
where p.id = i.id;
