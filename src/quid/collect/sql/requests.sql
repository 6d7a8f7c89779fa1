-- Requests as they are read. Codes are those of collect.types.State.

-- name: found
-- reads: primary
-- home: shard
-- params: ids uuid[]
select r.id, r.requester_id, r.requestee_id, r.amount_minor, r.currency, r.note,
  r.requester_visibility, r.is_known, r.state, r.created_at, r.expires_at, r.ended_at, r.payment_id,
  r.reminders_sent, r.last_reminded_at, r.steps_taken, r.is_told_expiring, r.due_at,
  r.is_ended_by_block
from collect.request r
where r.id = any($1::uuid[]);

-- name: to_pay
-- reads: primary
-- home: shard
-- params: user_id uuid, before timestamptz, before_id uuid, hidden uuid[], limit bigint
select r.id, r.requester_id, r.requestee_id, r.amount_minor, r.currency, r.note,
  r.requester_visibility, r.is_known, r.state, r.created_at, r.expires_at, r.ended_at, r.payment_id,
  r.reminders_sent, r.last_reminded_at, r.steps_taken, r.is_told_expiring, r.due_at,
  r.is_ended_by_block
from collect.request r
where r.requestee_id = $1
  and r.state = 10
  and (r.created_at, r.id) < ($2, $3)
  and r.requester_id <> all ($4::uuid[])
order by r.created_at desc, r.id desc
limit $5;

-- name: to_pay_count
-- reads: primary
-- home: shard
-- params: user_id uuid, hidden uuid[]
select count(*) as many
from collect.request r
where r.requestee_id = $1
  and r.state = 10
  and r.payment_id is null
  and r.requester_id <> all ($2::uuid[]);

-- name: waiting
-- reads: primary
-- home: shard
-- params: user_id uuid, before timestamptz, before_id uuid, hidden uuid[], limit bigint
select r.id, r.requester_id, r.requestee_id, r.amount_minor, r.currency, r.note,
  r.requester_visibility, r.is_known, r.state, r.created_at, r.expires_at, r.ended_at, r.payment_id,
  r.reminders_sent, r.last_reminded_at, r.steps_taken, r.is_told_expiring, r.due_at,
  r.is_ended_by_block
from collect.request r
where r.requester_id = $1
  and r.state = 10
  and (r.created_at, r.id) < ($2, $3)
  and r.requestee_id <> all ($4::uuid[])
order by r.created_at desc, r.id desc
limit $5;

-- name: done
-- reads: primary
-- home: shard
-- params: user_id uuid, before timestamptz, before_id uuid, hidden uuid[], limit bigint
-- Both sides by their own index; across a block only what was paid is there.
select d.id, d.requester_id, d.requestee_id, d.amount_minor, d.currency, d.note,
  d.requester_visibility, d.is_known, d.state, d.created_at, d.expires_at, d.ended_at, d.payment_id,
  d.reminders_sent, d.last_reminded_at, d.steps_taken, d.is_told_expiring, d.due_at,
  d.is_ended_by_block
from (
  (
    select r.id, r.requester_id, r.requestee_id, r.amount_minor, r.currency, r.note,
      r.requester_visibility, r.is_known, r.state, r.created_at, r.expires_at, r.ended_at,
      r.payment_id, r.reminders_sent, r.last_reminded_at, r.steps_taken, r.is_told_expiring,
      r.due_at, r.is_ended_by_block
    from collect.request r
    where r.requestee_id = $1
      and r.state <> 10
      and not r.is_ended_by_block
      and (r.ended_at, r.id) < ($2, $3)
      and (r.state = 20 or r.requester_id <> all ($4::uuid[]))
    order by r.ended_at desc, r.id desc
    limit $5
  )
  union all
  (
    select r.id, r.requester_id, r.requestee_id, r.amount_minor, r.currency, r.note,
      r.requester_visibility, r.is_known, r.state, r.created_at, r.expires_at, r.ended_at,
      r.payment_id, r.reminders_sent, r.last_reminded_at, r.steps_taken, r.is_told_expiring,
      r.due_at, r.is_ended_by_block
    from collect.request r
    where r.requester_id = $1
      and r.state <> 10
      and not r.is_ended_by_block
      and (r.ended_at, r.id) < ($2, $3)
      and (r.state = 20 or r.requestee_id <> all ($4::uuid[]))
    order by r.ended_at desc, r.id desc
    limit $5
  )
) d
order by d.ended_at desc, d.id desc
limit $5;

-- name: open_between
-- reads: primary
-- home: shard
-- params: users uuid[], others uuid[]
-- Both ways, by the index of each pair's requester.
select r.id
from unnest($1::uuid[], $2::uuid[]) p (one, other)
cross join lateral (values (p.one, p.other), (p.other, p.one)) w (requester, requestee)
join collect.request r
  on r.requester_id = w.requester and r.requestee_id = w.requestee and r.state = 10;
