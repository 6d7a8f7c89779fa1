-- name: take_turns
-- reads: primary
-- home: global
-- params: numbers int4[]
-- Class 0x4E44. In order, each once: two people who pass on two phones must not wait in a circle.
select pg_catalog.pg_advisory_xact_lock(20036, t.number)::text as taken
from (
  select distinct i.number
  from unnest($1::int4[]) as i (number)
  order by i.number
) t;

-- name: standing
-- reads: primary
-- home: global
-- params: user_id uuid, token_hash bytea
-- Who has this token, and how many devices the person has beside it.
select
  d.id,
  d.user_id,
  d.created_at,
  d.last_ok_at,
  (
    select count(*)::int4
    from notifications.device o
    where o.user_id = $1 and o.token_hash <> $2
  ) as others
from (select 1) as one (n)
left join notifications.device d on d.token_hash = $2;

-- name: put
-- reads: primary
-- home: global
-- params: id uuid, user_id uuid, kind text, token bytea, token_hash bytea, label text, session_id uuid, at timestamptz
insert into notifications.device as d
  (id, user_id, kind, token, token_hash, label, session_id, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (id) do update
  set token = excluded.token, label = excluded.label, session_id = excluded.session_id;

-- name: forget
-- reads: primary
-- home: global
-- params: ids uuid[]
delete from notifications.device d
where d.id = any($1::uuid[]);

-- name: forget_ended
-- reads: primary
-- home: global
-- params: ids uuid[], session_ids uuid[]
-- Whoever has given it anew meanwhile, from another session, keeps it.
delete from notifications.device d
using unnest($1::uuid[], $2::uuid[]) as i (id, session_id)
where d.id = i.id and d.session_id is not distinct from i.session_id;

-- name: forget_own
-- reads: primary
-- home: global
-- params: id uuid, user_id uuid
delete from notifications.device d
where d.id = $1 and d.user_id = $2;

-- name: note_ok
-- reads: primary
-- home: global
-- params: ids uuid[], at timestamptz
update notifications.device d
set last_ok_at = $2
where d.id = any($1::uuid[])
  and (d.last_ok_at is null or d.last_ok_at < $2);

-- name: of_people
-- reads: primary
-- home: global
-- params: user_ids uuid[]
select d.id, d.user_id, d.kind, d.label, d.created_at, d.last_ok_at
from notifications.device d
where d.user_id = any($1::uuid[])
order by d.created_at desc, d.id desc;

-- name: addresses
-- reads: primary
-- home: global
-- params: ids uuid[]
select d.id, d.user_id, d.kind, d.token, d.session_id
from notifications.device d
where d.id = any($1::uuid[]);

-- What another key than $1 has sealed; new bytes where the old ones still are.
-- The number of a key stands in the second and third byte.

-- name: token_older
-- reads: primary
-- home: global
-- params: number int4, many bigint
select t.id, t.user_id as owner, t.token as sealed
from notifications.device t
where get_byte(t.token, 1) * 256 + get_byte(t.token, 2) <> $1
order by t.id
limit $2;

-- name: token_put
-- reads: primary
-- home: global
-- params: ids uuid[], old bytea[], sealed bytea[]
update notifications.device t
set token = i.sealed
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, old, sealed)
where t.id = i.id
  and t.token = i.old;
