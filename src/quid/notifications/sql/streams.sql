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

-- name: wake
-- reads: primary
-- home: global
-- params: user_id uuid, at timestamptz
-- Frames were not numbered while it slept: one id is passed over, so that whoever comes with an
-- older one is told to look anew.
insert into notifications.stream as s (user_id, seen_at)
values ($1, $2)
on conflict (user_id) do update
set last = s.last + case when s.is_awake then 0 else 1 end,
  is_awake = true,
  seen_at = greatest(s.seen_at, excluded.seen_at)
returning s.last

-- name: touch
-- reads: primary
-- home: global
-- params: user_ids uuid[], at timestamptz
update notifications.stream s
set seen_at = $2
from (
  select t.user_id
  from notifications.stream t
  where t.user_id = any($1) and t.is_awake and t.seen_at < $2
  order by t.user_id
  for no key update skip locked
) t
where s.user_id = t.user_id

-- name: put_to_sleep
-- reads: primary
-- home: global
-- params: before timestamptz
update notifications.stream s
set is_awake = false
from (
  select t.user_id
  from notifications.stream t
  where t.is_awake and t.seen_at < $1
  order by t.user_id
  limit 1000
  for no key update skip locked
) t
where s.user_id = t.user_id

-- name: forget_old
-- reads: primary
-- home: global
-- params: before timestamptz, most int8
-- From the oldest on, never from the middle: a frame may tell of something older than the one
-- before it.
delete from notifications.frame f
using (
  select o.user_id, o.n
  from (
    select a.user_id, max(a.n) as n
    from (
      select b.user_id, b.n
      from notifications.frame b
      where b.at < $1
      limit $2
    ) a
    group by a.user_id
  ) old
  cross join lateral (
    select b.user_id, b.n
    from notifications.frame b
    where b.user_id = old.user_id and b.n <= old.n
    order by b.n
    limit $2
  ) o
  limit $2
) gone
where f.user_id = gone.user_id and f.n = gone.n

-- name: forget_many
-- reads: primary
-- home: global
-- params: keep int8, most int8
-- By key for each stream that grows: a join would read every frame there is.
delete from notifications.frame f
using (
  select o.user_id, o.n
  from notifications.stream s
  cross join lateral (
    select b.user_id, b.n
    from notifications.frame b
    where b.user_id = s.user_id and b.n <= s.last - $1
    order by b.n
    limit $2
  ) o
  where s.is_awake
  limit $2
) gone
where f.user_id = gone.user_id and f.n = gone.n
