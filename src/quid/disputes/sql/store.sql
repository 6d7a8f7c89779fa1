-- What changes disputes. Codes: disputes.types.State.

-- name: add
-- reads: primary
-- home: global
-- params: id uuid, opened_by uuid, claim text, payment_id uuid, freeze_id uuid, opened timestamptz, answer date, at_latest date
-- Where the same person has said so already, their dispute stays and nothing is written.
insert into disputes.dispute (id, opened_by, claim, payment_id, freeze_id, opened_at, answer_on,
  at_latest_on)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict do nothing;

-- name: say
-- reads: primary
-- home: global
-- params: id uuid, dispute_id uuid, said_by text, text text, at timestamptz
insert into disputes.message (id, dispute_id, said_by, text, at)
values ($1, $2, $3, $4, $5);

-- name: lock
-- reads: primary
-- home: global
-- params: id uuid
select d.id
from disputes.dispute d
where d.id = $1
for no key update;

-- name: move
-- reads: primary
-- home: global
-- params: id uuid, state int2, at timestamptz
update disputes.dispute
set state = $2, ended_at = case when $2::int2 >= 40 then greatest($3, opened_at) end
where id = $1;
