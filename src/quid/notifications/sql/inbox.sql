-- name: add
-- reads: primary
-- home: shard
-- params: ids uuid[], users uuid[], kinds text[], tabs text[], ats timestamptz[], actors uuid[], prefixes text[], subjects uuid[], comments uuid[], details text[], amounts bigint[], currencies text[], counts int4[], listed boolean[], read_ats timestamptz[], merged text[]
-- A notice that is there already stays as it is; of the merged kinds it takes the new ones in, and
-- is unread again. In order of id, so that this and marking as read never wait in a circle.
insert into notifications.notification as n (
  id, user_id, kind, tab, at, actor_id, subject_prefix, subject_id, comment_id, detail,
  amount_minor, currency, count, is_listed, read_at
)
select
  i.id, i.user_id, i.kind, i.tab, i.at, i.actor_id, i.subject_prefix, i.subject_id, i.comment_id,
  i.detail, i.amount_minor, i.currency, i.count, i.is_listed, i.read_at
from unnest(
  $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::uuid[], $7::text[],
  $8::uuid[], $9::uuid[], $10::text[], $11::bigint[], $12::text[], $13::int4[], $14::boolean[],
  $15::timestamptz[]
) as i (
  id, user_id, kind, tab, at, actor_id, subject_prefix, subject_id, comment_id, detail,
  amount_minor, currency, count, is_listed, read_at
)
order by i.id
on conflict (id) do update
  set count = n.count + excluded.count,
    at = greatest(n.at, excluded.at),
    actor_id = case when excluded.at >= n.at then excluded.actor_id else n.actor_id end,
    comment_id = case when excluded.at >= n.at then excluded.comment_id else n.comment_id end,
    read_at = null
  where n.kind = any($16::text[])
returning n.id;

-- name: add_voices
-- reads: primary
-- home: shard
-- params: notification_ids uuid[], actors uuid[], ats timestamptz[], comments uuid[], counts int4[]
-- The notices are locked by whoever adds to them.
insert into notifications.voice as v (notification_id, actor_id, at, comment_id, count)
select i.notification_id, i.actor_id, i.at, i.comment_id, i.count
from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::int4[])
  as i (notification_id, actor_id, at, comment_id, count)
order by i.notification_id, i.actor_id
on conflict (notification_id, actor_id) do update
  set count = v.count + excluded.count,
    at = greatest(v.at, excluded.at),
    comment_id = case when excluded.at >= v.at then excluded.comment_id else v.comment_id end;

-- name: voices
-- reads: primary
-- home: shard
-- params: notification_ids uuid[]
select v.notification_id, v.actor_id, v.at, v.comment_id, v.count
from notifications.voice v
where v.notification_id = any($1::uuid[])
order by v.notification_id, v.at desc, v.actor_id;

-- name: lock_own
-- reads: primary
-- home: shard
-- params: user_id uuid, ids uuid[]
select n.id
from notifications.notification n
where n.user_id = $1
  and n.id = any($2::uuid[])
  and n.is_listed
order by n.id
for no key update;

-- name: mark
-- reads: primary
-- home: shard
-- params: ids uuid[], read_at timestamptz
-- Those that are marked so already are left alone: the first time counts.
update notifications.notification n
set read_at = $2
where n.id = any($1::uuid[])
  and (n.read_at is null) = ($2::timestamptz is not null);

-- name: mark_before
-- reads: primary
-- home: shard
-- params: user_id uuid, before timestamptz, read_at timestamptz
with mine as (
  select n.id
  from notifications.notification n
  where n.user_id = $1
    and n.is_listed
    and n.read_at is null
    and n.at <= $2
  order by n.id
  for no key update
)
update notifications.notification n
set read_at = $3
from mine
where n.id = mine.id
returning n.id;

-- name: mark_answered
-- reads: primary
-- home: shard
-- params: user_ids uuid[], actor_ids uuid[], read_at timestamptz
-- Each pair: who was asked to be a friend, and by whom. One that is held is being marked.
with answered as (
  select n.id
  from unnest($1::uuid[], $2::uuid[]) as a (user_id, actor_id)
  join notifications.notification n on n.user_id = a.user_id and n.actor_id = a.actor_id
  where n.kind = 'friend_asked'
    and n.read_at is null
  order by n.id
  for no key update of n skip locked
)
update notifications.notification n
set read_at = $3
from answered
where n.id = answered.id;

-- name: listed
-- reads: primary
-- home: shard
-- params: user_id uuid, tabs text[], before timestamptz, before_id uuid, hidden uuid[], n bigint, always text[]
select
  f.id, f.user_id, f.kind, f.at, f.actor_id, f.subject_prefix, f.subject_id, f.comment_id,
  f.detail, f.amount_minor, f.currency, f.count, f.read_at is not null as is_read
from unnest($2::text[]) as t (tab)
cross join lateral (
  select
    n.id, n.user_id, n.kind, n.at, n.actor_id, n.subject_prefix, n.subject_id, n.comment_id,
    n.detail, n.amount_minor, n.currency, n.count, n.read_at
  from notifications.notification n
  where n.user_id = $1
    and n.tab = t.tab
    and n.is_listed
    and (n.at, n.id) < ($3, $4)
    and (
      n.actor_id is null
      or n.actor_id <> all($5::uuid[])
      or n.kind = any($7::text[])
      or exists (
        select
        from notifications.voice v
        where v.notification_id = n.id and v.actor_id <> all($5::uuid[])
      )
    )
  order by n.at desc, n.id desc
  limit $6
) f
order by f.at desc, f.id desc
limit $6;

-- name: by_ids
-- reads: primary
-- home: shard
-- params: ids uuid[]
select
  n.id, n.user_id, n.kind, n.at, n.actor_id, n.subject_prefix, n.subject_id, n.comment_id,
  n.detail, n.amount_minor, n.currency, n.count, n.read_at is not null as is_read
from notifications.notification n
where n.id = any($1::uuid[]);

-- name: unread
-- reads: primary
-- home: shard
-- params: user_ids uuid[], always text[]
-- `actors`: behind blocks with all of whom there is nothing to read; none: it is there always.
select n.user_id, w.actors, count(*)::int4 as many
from notifications.notification n
cross join lateral (
  select case
    when n.actor_id is null or n.kind = any($2::text[]) then '{}'::uuid[]
    else array(
      select n.actor_id
      union
      select v.actor_id
      from notifications.voice v
      where v.notification_id = n.id
      order by 1
    )
  end as actors
) w
where n.user_id = any($1::uuid[])
  and n.is_listed
  and n.read_at is null
group by n.user_id, w.actors;

-- name: forget
-- reads: primary
-- home: shard
-- params: before_id uuid, many bigint
delete from notifications.notification n
where n.id in (
  select o.id
  from notifications.notification o
  where o.id < $1
  order by o.id
  limit $2
  for update skip locked
);

-- name: preferences
-- reads: primary
-- home: shard
-- params: user_ids uuid[]
select p.user_id, p.topic, p.way, p.is_on
from notifications.preference p
where p.user_id = any($1::uuid[]);

-- name: prefer
-- reads: primary
-- home: shard
-- params: user_id uuid, topics text[], ways text[], are_on boolean[], at timestamptz
insert into notifications.preference as p (user_id, topic, way, is_on, changed_at)
select $1, i.topic, i.way, i.is_on, $5
from unnest($2::text[], $3::text[], $4::boolean[]) as i (topic, way, is_on)
order by i.topic, i.way
on conflict (user_id, topic, way) do update
  set is_on = excluded.is_on, changed_at = excluded.changed_at
  where p.is_on <> excluded.is_on;
