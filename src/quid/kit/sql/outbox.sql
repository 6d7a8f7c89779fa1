-- name: append
-- reads: primary
-- home: shard
-- params: ids uuid[], topics text[], keys text[], types text[], payloads text[]
insert into kit.outbox (id, topic, key, type, payload)
select e.id, e.topic, e.key, e.type, e.payload
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
  as e (id, topic, key, type, payload);

-- name: make_cursor
-- reads: primary
-- home: shard
-- params: consumer text
insert into kit.outbox_cursor (consumer, system_id, moved_at)
select $1, c.system_identifier::text, now()
from pg_control_system() c
where not exists (select 1 from kit.outbox_cursor k where k.consumer = $1)
on conflict do nothing;

-- A cursor of another cluster (a restored dump) counts transactions that are not ours: it starts
-- again from the oldest row kept, and the inbox drops what was done before.
-- name: lock_cursor
-- reads: primary
-- home: shard
-- params: consumer text
select c.system_id,
  case when c.system_id = s.system_identifier::text then c.xid::text::bigint else 0 end as xid,
  c.id
from kit.outbox_cursor c, pg_control_system() s
where c.consumer = $1
order by c.consumer
for update of c skip locked;

-- name: read
-- reads: primary
-- home: shard
-- params: xid text, id uuid, many bigint, types text[], takes bigint
-- A page of the stream, which ends before the reader would take more than `takes`: of its rows those
-- that it takes, and the last one, where it then stands. `passed` is how many rows the page has.
with page as (
  select o.id, o.xid, o.type, o.payload, o.at
  from kit.outbox o
  where (o.xid, o.id) > ($1::text::xid8, $2::uuid)
    and o.xid < pg_snapshot_xmin(pg_current_snapshot())
  order by o.xid, o.id
  limit $3::bigint
), counted as (
  select p.id, p.xid, p.type, p.payload, p.at,
    count(*) filter (where p.type = any ($4::text[])) over (order by p.xid, p.id) as taken
  from page p
), numbered as (
  select c.id, c.xid, c.type, c.payload, c.at,
    row_number() over (order by c.xid, c.id) as n, count(*) over () as passed
  from counted c
  where c.taken <= $5::bigint
)
select r.id, r.xid::text::bigint as xid, r.type,
  case when r.type = any ($4::text[]) then r.payload else '' end as payload,
  extract(epoch from clock_timestamp() - r.at)::float8 as age, r.passed
from numbered r
where r.type = any ($4::text[]) or r.n = r.passed
order by r.xid, r.id;

-- name: move_cursor
-- reads: primary
-- home: shard
-- params: consumer text, xid text, id uuid
update kit.outbox_cursor
set xid = $2::text::xid8, id = $3, moved_at = now(),
  system_id = (select s.system_identifier::text from pg_control_system() s)
where consumer = $1;

-- name: enter_inbox
-- reads: primary
-- home: shard
-- params: consumer text, ids uuid[]
insert into kit.inbox (consumer, event_id)
select $1, e.id
from unnest($2::uuid[]) as e (id)
on conflict do nothing
returning event_id;

-- name: park
-- reads: primary
-- home: shard
-- params: consumer text, id uuid, payload text, error text, tries integer
insert into kit.parked_event (consumer, event_id, payload, error, tries)
values ($1, $2, $3, $4, $5)
on conflict do nothing;

-- name: forget_inbox
-- reads: primary
-- home: shard
-- params: consumers text[], before uuid, many bigint
delete from kit.inbox i
using unnest($1::text[]) as c (consumer)
cross join lateral (
  select o.consumer, o.event_id
  from kit.inbox o
  where o.consumer = c.consumer and o.event_id < $2
  order by o.event_id
  limit $3
) old
where i.consumer = old.consumer and i.event_id = old.event_id;

-- name: consumers
-- reads: primary
-- home: shard
select c.consumer
from kit.outbox_cursor c
order by c.consumer;

-- name: ensure_days
-- reads: primary
-- home: shard
-- params: today date, days integer
select kit.ensure_outbox_days($1::date, $2::integer) as made;

-- name: drop_days
-- reads: primary
-- home: shard
-- params: before date
select kit.drop_outbox_days($1::date) as gone;

-- name: days_end
-- reads: primary
-- home: shard
select max(to_date(right(c.relname, 8), 'YYYYMMDD')) as last_day
from pg_inherits i
join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'kit.outbox'::regclass;
