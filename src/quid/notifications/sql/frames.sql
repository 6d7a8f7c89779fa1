-- name: newest
-- reads: primary
-- home: global
-- params: user_ids uuid[]
select s.user_id, s.last
from notifications.stream s
where s.user_id = any($1)

-- name: awake_among
-- reads: primary
-- home: global
-- params: user_ids uuid[]
select s.user_id
from notifications.stream s
where s.user_id = any($1) and s.is_awake

-- name: after
-- reads: primary
-- home: global
-- params: user_ids uuid[], after int8[], most int8
select f.user_id, f.n, f.type, f.subject_kind, f.subject_id, f.at
from unnest($1::uuid[], $2::int8[]) as a (user_id, n)
cross join lateral (
  select o.user_id, o.n, o.type, o.subject_kind, o.subject_id, o.at
  from notifications.frame o
  where o.user_id = a.user_id and o.n > a.n
  order by o.n
  limit $3
) f
order by f.user_id, f.n
