-- name: counts
-- reads: primary
-- home: shard
-- params: viewer uuid, payments uuid[], blocked uuid[]
select
  p.id as payment_id,
  (
    select count(*)::int4
    from social.like l
    where l.payment_id = p.id and l.taken_back_at is null and l.user_id <> all($3::uuid[])
  ) as like_count,
  (
    select count(*)::int4
    from social.comment c
    where c.payment_id = p.id and c.author_id <> all($3::uuid[])
  ) as comment_count,
  exists (
    select
    from social.like l
    where l.payment_id = p.id and l.user_id = $1 and l.taken_back_at is null
  ) as liked_by_me
from unnest($2::uuid[]) as p (id);

-- name: comments
-- reads: primary
-- home: shard
-- params: payment uuid, blocked uuid[], after_at timestamptz, after_id uuid, many bigint
select c.id, c.payment_id, c.author_id, c.text, c.at
from social.comment c
where c.payment_id = $1
  and c.author_id <> all($2::uuid[])
  and (c.at, c.id) > ($3, $4)
order by c.at, c.id
limit $5;

-- name: comment
-- reads: primary
-- home: shard
-- params: id uuid, payment uuid
select c.id, c.payment_id, c.author_id, c.text, c.at
from social.comment c
where c.id = $1
  and c.payment_id = $2;

-- name: like
-- reads: primary
-- home: shard
-- params: payment uuid, user_id uuid, at timestamptz
-- No row: it was liked already. A row that was inserted, and not found, has no xmax.
insert into social.like as l (payment_id, user_id, at)
values ($1, $2, $3)
on conflict (payment_id, user_id) do update
  set taken_back_at = null
  where l.taken_back_at is not null
returning l.xmax = 0 as is_first;

-- name: unlike
-- reads: primary
-- home: shard
-- params: payment uuid, user_id uuid, at timestamptz
update social.like
set taken_back_at = $3
where payment_id = $1
  and user_id = $2
  and taken_back_at is null;

-- name: write
-- reads: primary
-- home: shard
-- params: id uuid, payment uuid, author uuid, text text, at timestamptz
insert into social.comment (id, payment_id, author_id, text, at)
values ($1, $2, $3, $4, $5);

-- name: remove
-- reads: primary
-- home: shard
-- params: id uuid, payment uuid
delete from social.comment
where id = $1
  and payment_id = $2;
