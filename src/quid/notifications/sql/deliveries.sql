-- name: queue
-- reads: primary
-- home: shard
-- params: ids uuid[], notification_ids uuid[], user_ids uuid[], channels text[], device_ids uuid[], at timestamptz
insert into notifications.delivery (id, notification_id, user_id, channel, device_id, next_at)
select i.id, i.notification_id, i.user_id, i.channel, i.device_id, $6
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[])
  as i (id, notification_id, user_id, channel, device_id)
on conflict do nothing;

-- name: claim
-- reads: primary
-- home: shard
-- params: channel text, now timestamptz, lease timestamptz, many bigint
-- Who has it is on its row: `next_at` ahead. A begun try counts, or one that kills its process
-- would begin for ever.
with due as (
  select d.id
  from notifications.delivery d
  where d.channel = $1
    and d.state = 'QUEUED'
    and d.next_at <= $2
  order by d.next_at, d.id
  limit $4
  for no key update skip locked
)
update notifications.delivery d
set attempts = d.attempts + 1, next_at = $3
from due
where d.id = due.id
returning d.id, d.notification_id, d.user_id, d.device_id, d.attempts;

-- name: finish
-- reads: primary
-- home: shard
-- params: ids uuid[], states text[], errors text[], at timestamptz
update notifications.delivery d
set state = i.state, last_error = i.error, next_at = null, done_at = $4
from unnest($1::uuid[], $2::text[], $3::text[]) as i (id, state, error)
where d.id = i.id
  and d.state = 'QUEUED';

-- name: put_off
-- reads: primary
-- home: shard
-- params: id uuid, attempts int4, error text, until timestamptz
-- Whoever took it over meanwhile decides.
update notifications.delivery d
set next_at = $4, last_error = $3
where d.id = $1
  and d.attempts = $2
  and d.state = 'QUEUED';
