-- name: lock_awake
-- reads: primary
-- home: global
-- params: user_ids uuid[]
-- Those that are awake, locked in one order. Whoever waits here sees what the one before wrote.
select s.user_id, s.last
from notifications.stream s
where s.user_id = any($1) and s.is_awake
order by s.user_id
for no key update

-- name: write
-- reads: primary
-- home: global
-- params: user_ids uuid[], ns int8[], types text[], kinds text[], subjects uuid[], ats timestamptz[]
-- The streams are held by the caller.
with written as (
  insert into notifications.frame (user_id, n, type, subject_kind, subject_id, at)
  select f.user_id, f.n, f.type, f.subject_kind, f.subject_id, f.at
  from unnest($1::uuid[], $2::int8[], $3::text[], $4::text[], $5::uuid[], $6::timestamptz[])
    as f (user_id, n, type, subject_kind, subject_id, at)
)
update notifications.stream s
set last = n.last
from (
  select f.user_id, max(f.n) as last
  from unnest($1::uuid[], $2::int8[]) as f (user_id, n)
  group by f.user_id
) n
where s.user_id = n.user_id
