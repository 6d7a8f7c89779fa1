-- name: card_seen_by
-- reads: primary
-- home: global
-- params: handle text, viewer uuid
select
  p.id, p.handle, p.display_name, p.created_at,
  exists (
    select from identity.edge e
    where e.user_id = $2 and e.friend_id = p.id and e.state = 'ACCEPTED'
  ) as is_friend,
  (
    select count(*)::int4
    from identity.edge mine
    join identity.edge theirs
      on theirs.user_id = p.id and theirs.friend_id = mine.friend_id
    where mine.user_id = $2 and mine.state = 'ACCEPTED' and theirs.state = 'ACCEPTED'
  ) as mutual_friends
from identity.person p
where p.handle = $1
  and not p.is_operator
  and not exists (
    select
    from identity.edge e
    where e.state = 'BLOCKED'
      and ((e.user_id = p.id and e.friend_id = $2) or (e.user_id = $2 and e.friend_id = p.id))
  );

-- name: public_cards
-- reads: primary
-- home: global
-- params: handles text[]
select p.id, p.handle, p.display_name, p.created_at
from identity.person p
where p.handle = any($1::text[])
  and not p.is_operator;

-- name: found_by_words
-- reads: primary
-- home: global
-- params: viewer uuid, low text, high text, lows text[], highs text[], n bigint
-- Each term begins a word of the person. The longest term is read from the index of words; friends
-- are looked through by themselves, so that a common name cannot hide one. Of many strangers those
-- of the shortest words are ranked, and only of the first 60 is counted how near they are.
with found as (
  select distinct e.friend_id as id, true as is_friend
  from identity.edge e
  join identity.word w on w.user_id = e.friend_id
  where e.user_id = $1
    and e.state = 'ACCEPTED'
    and w.word >= $2
    and w.word < $3
  union all
  select distinct near.user_id, false
  from (
    select w.user_id
    from identity.word w
    where w.word >= $2
      and w.word < $3
      and not exists (
        select
        from unnest($4::text[], $5::text[]) as t (low, high)
        where not exists (
          select
          from identity.word o
          where o.user_id = w.user_id
            and o.word >= t.low
            and o.word < t.high
        )
      )
      and not exists (
        select
        from identity.edge e
        where e.user_id = $1 and e.friend_id = w.user_id and e.state = 'ACCEPTED'
      )
    order by w.word, w.user_id
    limit 200
  ) near
), first as (
  select
    p.id, p.handle, p.display_name, p.created_at, found.is_friend,
    exists (select from identity.word w where w.user_id = p.id and w.word = $2) as is_exact
  from found
  join identity.person p on p.id = found.id
  where p.id <> $1
    and not exists (
      select
      from unnest($4::text[], $5::text[]) as t (low, high)
      where not exists (
        select
        from identity.word o
        where o.user_id = p.id
          and o.word >= t.low
          and o.word < t.high
      )
    )
    and (
      select true
      from identity.edge e
      where e.user_id = p.id and e.friend_id = $1 and e.state = 'BLOCKED'
    ) is null
    and (
      select true
      from identity.edge e
      where e.user_id = $1 and e.friend_id = p.id and e.state = 'BLOCKED'
    ) is null
  order by found.is_friend desc, is_exact desc, p.handle
  limit 60
)
select
  f.id, f.handle, f.display_name, f.created_at, f.is_friend,
  (
    select count(*)::int4
    from identity.edge theirs
    join identity.edge mine on mine.user_id = $1 and mine.friend_id = theirs.friend_id
    where theirs.user_id = f.id and theirs.state = 'ACCEPTED' and mine.state = 'ACCEPTED'
  ) as mutual_friends
from first f
order by f.is_friend desc, f.is_exact desc, mutual_friends desc, f.handle
limit $6;

-- name: handle_by_contact
-- reads: primary
-- home: global
-- params: email_index bytea, phone_index bytea, viewer uuid
-- Whoever does not wish to be found by it is as unknown as nobody.
select p.handle
from identity.person p
where p.id <> $3
  and not p.is_operator
  and (
    (p.email_index = $1 and p.findable_by_email)
    or (p.phone_index = $2 and p.findable_by_phone)
  );

-- name: friends
-- reads: primary
-- home: global
-- params: user_id uuid, state text, before timestamptz, before_id uuid, n bigint
select
  p.id, p.handle, p.display_name, p.created_at,
  e.state = 'ACCEPTED' as is_friend,
  (
    select count(*)::int4
    from identity.edge mine
    join identity.edge theirs
      on theirs.user_id = p.id and theirs.friend_id = mine.friend_id
    where e.state <> 'BLOCKED'
      and mine.user_id = $1 and mine.state = 'ACCEPTED' and theirs.state = 'ACCEPTED'
  ) as mutual_friends,
  e.state, e.asked_by = $1 as is_asked_by_me, e.since
from identity.edge e
join identity.person p on p.id = e.friend_id
where e.user_id = $1
  and e.state = $2
  and (e.since, e.friend_id) < ($3, $4)
order by e.since desc, e.friend_id desc
limit $5;

-- name: edge_seen_by
-- reads: primary
-- home: global
-- params: user_id uuid, friend_id uuid
select
  p.id, p.handle, p.display_name, p.created_at,
  e.state = 'ACCEPTED' as is_friend,
  (
    select count(*)::int4
    from identity.edge mine
    join identity.edge theirs
      on theirs.user_id = p.id and theirs.friend_id = mine.friend_id
    where mine.user_id = $1 and mine.state = 'ACCEPTED' and theirs.state = 'ACCEPTED'
  ) as mutual_friends,
  e.state, e.asked_by = $1 as is_asked_by_me, e.since
from identity.edge e
join identity.person p on p.id = e.friend_id
where e.user_id = $1
  and e.friend_id = $2;

-- name: muted
-- reads: primary
-- home: global
-- params: user_id uuid, before timestamptz, before_id uuid, n bigint
select
  p.id, p.handle, p.display_name, p.created_at,
  coalesce(e.state = 'ACCEPTED', false) as is_friend,
  0 as mutual_friends,
  'MUTED' as state, true as is_asked_by_me, m.since
from identity.mute m
join identity.person p on p.id = m.muted_id
left join identity.edge e on e.user_id = $1 and e.friend_id = p.id
where m.user_id = $1
  and (m.since, m.muted_id) < ($2, $3)
  and not exists (
    select
    from identity.edge b
    where b.state = 'BLOCKED'
      and ((b.user_id = p.id and b.friend_id = $1) or (b.user_id = $1 and b.friend_id = p.id))
  )
order by m.since desc, m.muted_id desc
limit $4;

-- name: friends_among
-- reads: primary
-- home: global
-- params: user_id uuid, others uuid[]
select e.friend_id
from identity.edge e
where e.user_id = $1
  and e.friend_id = any($2::uuid[])
  and e.state = 'ACCEPTED';

-- name: privacy
-- reads: primary
-- home: global
-- params: id uuid
select
  p.default_visibility, p.show_amount, p.friend_list, p.findable_by_email, p.findable_by_phone,
  p.who_may_request, p.reminders
from identity.person p
where p.id = $1;

-- name: reminded_among
-- reads: primary
-- home: global
-- params: ids uuid[]
select p.id
from identity.person p
where p.id = any($1::uuid[])
  and p.reminders;
