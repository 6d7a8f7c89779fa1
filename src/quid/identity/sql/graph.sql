-- name: lock_people
-- reads: primary
-- home: global
-- params: ids uuid[]
select p.id
from identity.person p
where p.id = any($1::uuid[])
  and not p.is_operator
order by p.id
for no key update;

-- name: edges
-- reads: primary
-- home: global
-- params: user_id uuid, friend_id uuid
select e.user_id, e.state, e.asked_by, e.since
from identity.edge e
where (e.user_id = $1 and e.friend_id = $2)
  or (e.user_id = $2 and e.friend_id = $1);

-- name: standing_of_asker
-- reads: primary
-- home: global
-- params: user_id uuid, friend_id uuid, since timestamptz
-- What bounds an act of friendship, all in one look; the people are locked, so it holds.
select
  (
    select count(*)::int4
    from identity.edge e
    where e.user_id = $1 and e.state = 'ACCEPTED'
  ) as friends,
  (
    select count(*)::int4
    from identity.edge e
    where e.user_id = $2 and e.state = 'ACCEPTED'
  ) as friends_of_other,
  array(
    select a.asked_at
    from identity.friend_ask a
    where a.user_id = $1 and a.asked_at > $3
    order by a.asked_at
  ) as asks,
  (
    select max(a.declined_at)
    from identity.friend_ask a
    where a.user_id = $1 and a.friend_id = $2
  ) as declined_at;

-- name: set_friendship
-- reads: primary
-- home: global
-- params: user_id uuid, friend_id uuid, state text, asked_by uuid, at timestamptz
insert into identity.edge as e (user_id, friend_id, state, asked_by, since)
values ($1, $2, $3, $4, $5), ($2, $1, $3, $4, $5)
on conflict (user_id, friend_id) do update
  set state = $3, asked_by = $4, since = $5
  where e.state <> 'BLOCKED';

-- name: end_friendship
-- reads: primary
-- home: global
-- params: user_id uuid, friend_id uuid
delete from identity.edge
where state <> 'BLOCKED'
  and ((user_id = $1 and friend_id = $2) or (user_id = $2 and friend_id = $1));

-- name: note_ask
-- reads: primary
-- home: global
-- params: user_id uuid, friend_id uuid, at timestamptz
insert into identity.friend_ask (user_id, friend_id, asked_at)
values ($1, $2, $3)
on conflict do nothing;

-- name: note_decline
-- reads: primary
-- home: global
-- params: user_id uuid, friend_id uuid, at timestamptz
insert into identity.friend_ask as a (user_id, friend_id, asked_at, declined_at)
select $1, $2, coalesce(max(b.asked_at), $3), $3
from identity.friend_ask b
where b.user_id = $1 and b.friend_id = $2
on conflict (user_id, friend_id, asked_at) do update set declined_at = excluded.declined_at;

-- name: forget_asks
-- reads: primary
-- home: global
-- params: before timestamptz
delete from identity.friend_ask
where asked_at < $1
  and (declined_at is null or declined_at < $1);

-- name: block
-- reads: primary
-- home: global
-- params: user_id uuid, friend_id uuid, at timestamptz
insert into identity.edge as e (user_id, friend_id, state, asked_by, since)
values ($1, $2, 'BLOCKED', $1, $3)
on conflict (user_id, friend_id) do update
  set state = 'BLOCKED', asked_by = $1, since = $3
  where e.state <> 'BLOCKED';

-- name: unblock
-- reads: primary
-- home: global
-- params: user_id uuid, friend_id uuid
delete from identity.edge
where user_id = $1
  and friend_id = $2
  and state = 'BLOCKED';

-- name: mute
-- reads: primary
-- home: global
-- params: user_id uuid, muted_id uuid, at timestamptz
insert into identity.mute (user_id, muted_id, since)
values ($1, $2, $3)
on conflict do nothing;

-- name: unmute
-- reads: primary
-- home: global
-- params: user_id uuid, muted_id uuid
delete from identity.mute
where user_id = $1
  and muted_id = $2;
