-- Disputes as they are read. Codes are those of disputes.types.State.

-- name: found
-- reads: primary
-- home: global
-- params: id uuid
select d.id, d.opened_by, d.claim, d.payment_id, d.freeze_id, d.state, d.opened_at, d.answer_on,
  d.at_latest_on, d.ended_at
from disputes.dispute d
where d.id = $1;

-- name: of_person
-- reads: primary
-- home: global
-- params: user_id uuid, payment_id uuid, freeze_id uuid, before timestamptz, before_id uuid, limit bigint
select d.id, d.opened_by, d.claim, d.payment_id, d.freeze_id, d.state, d.opened_at, d.answer_on,
  d.at_latest_on, d.ended_at
from disputes.dispute d
where d.opened_by = $1
  and ($2::uuid is null or d.payment_id = $2)
  and ($3::uuid is null or d.freeze_id = $3)
  and (d.opened_at, d.id) < ($4, $5)
order by d.opened_at desc, d.id desc
limit $6;

-- name: queue
-- reads: primary
-- home: global
-- params: after date, after_id uuid, limit bigint
-- What was promised first comes first: an appeal waits two days, a report ten or more.
select d.id, d.opened_by, d.claim, d.payment_id, d.freeze_id, d.state, d.opened_at, d.answer_on,
  d.at_latest_on, d.ended_at
from disputes.dispute d
where d.state < 40
  and (d.answer_on, d.id) > ($1, $2)
order by d.answer_on, d.id
limit $3;

-- name: messages
-- reads: primary
-- home: global
-- params: disputes uuid[]
select m.id, m.dispute_id, m.said_by, m.text, m.at
from disputes.message m
where m.dispute_id = any($1::uuid[])
order by m.at, m.id;
