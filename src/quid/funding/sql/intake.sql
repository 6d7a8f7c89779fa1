-- Webhooks: stored once, answered once.

-- name: store
-- reads: primary
-- home: global
-- params: ids uuid[], providers int2[], keys text[], kinds text[], topics text[], refs text[], live boolean[], raws bytea[], received timestamptz[], answered timestamptz[], reasons text[]
insert into funding.inbox (id, provider, dedupe_key, kind, topic, object_ref, is_live, raw,
  received_at, next_at, answered_at, reason)
select w.id, w.provider, w.dedupe_key, w.kind, w.topic, w.object_ref, w.is_live, w.raw,
  w.received_at, w.received_at, w.answered_at, w.reason
from unnest($1::uuid[], $2::int2[], $3::text[], $4::text[], $5::text[], $6::text[],
    $7::boolean[], $8::bytea[], $9::timestamptz[], $10::timestamptz[], $11::text[])
  as w (id, provider, dedupe_key, kind, topic, object_ref, is_live, raw, received_at, answered_at,
    reason)
order by w.provider, w.dedupe_key
on conflict (provider, dedupe_key) do nothing
returning id;

-- Bells that say: read the list. One reading answers them all.
-- name: ringing
-- reads: primary
-- home: global
-- params: provider int2, now timestamptz, many bigint
select i.id, i.received_at
from funding.inbox i
where i.provider = $1 and i.answered_at is null and i.next_at <= $2
  and i.topic not in ('item', 'session')
order by i.id
limit $3;

-- Bells that say: look at this.
-- name: waiting
-- reads: primary
-- home: global
-- params: provider int2, now timestamptz, many bigint
select i.id, i.provider, i.kind, i.topic, i.object_ref, i.is_live, i.received_at, i.answered_at,
  i.tries, i.reason
from funding.inbox i
where i.provider = $1 and i.answered_at is null and i.next_at <= $2
  and i.topic in ('item', 'session')
order by i.id
limit $3;

-- name: answer
-- reads: primary
-- home: global
-- params: ids uuid[], now timestamptz
update funding.inbox set answered_at = $2, reason = null where id = any ($1);

-- name: put_off
-- reads: primary
-- home: global
-- params: ids uuid[], reason text, next_at timestamptz
update funding.inbox set tries = tries + 1, reason = $2, next_at = $3 where id = any ($1);

-- name: give_up
-- reads: primary
-- home: global
-- params: ids uuid[], reason text, now timestamptz
update funding.inbox set answered_at = $3, tries = tries + 1, reason = $2 where id = any ($1);

-- name: ring_again
-- reads: primary
-- home: global
-- params: id uuid, now timestamptz
update funding.inbox set answered_at = null, next_at = $2, tries = 0 where id = $1;

-- name: forget
-- reads: primary
-- home: global
-- params: before uuid
delete from funding.inbox where id < $1 and answered_at is not null;
