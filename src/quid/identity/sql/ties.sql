-- name: friends_of
-- reads: primary
-- home: global
-- params: user_ids uuid[]
select e.user_id, e.friend_id
from unnest($1::uuid[]) as u (id)
join identity.edge e on e.user_id = u.id and e.state = 'ACCEPTED';

-- name: ties
-- reads: primary
-- home: global
-- params: viewer_ids uuid[], other_ids uuid[]
-- Each pair is looked up by its key, both ways: a page asks of dozens, and a person has thousands.
select
  p.viewer_id, p.other_id,
  coalesce(mine.state = 'ACCEPTED', false) as is_friend,
  coalesce(mine.state = 'BLOCKED', false) or coalesce(theirs.state = 'BLOCKED', false)
    as is_blocked,
  m.user_id is not null as is_muted
from unnest($1::uuid[], $2::uuid[]) as p (viewer_id, other_id)
left join identity.edge mine on mine.user_id = p.viewer_id and mine.friend_id = p.other_id
left join identity.edge theirs on theirs.user_id = p.other_id and theirs.friend_id = p.viewer_id
left join identity.mute m on m.user_id = p.viewer_id and m.muted_id = p.other_id;

-- name: blocked_with
-- reads: primary
-- home: global
-- params: user_id uuid
select e.friend_id
from identity.edge e
where e.user_id = $1
  and e.state = 'BLOCKED'
union
select e.user_id
from identity.edge e
where e.friend_id = $1
  and e.state = 'BLOCKED';
