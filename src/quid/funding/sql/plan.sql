-- What payments may draw on: the source that is named, else the defaults of the payer. One that is
-- named is told of whatever it is, for its refusal; of the defaults those that can be used.

-- name: offers
-- reads: primary
-- home: shard
-- params: payers uuid[], sources uuid[]
select (w.place - 1)::int4 as place, s.id, s.user_id, s.kind, s.state, s.can_pull, s.can_push,
  s.verify_method, s.institution, s.last4
from unnest($1::uuid[], $2::uuid[]) with ordinality as w (payer, source, place)
join funding.source s on s.id = w.source
  or (w.source is null and s.user_id = w.payer and s.is_default and s.state = 30);

-- name: drawable
-- reads: primary
-- home: shard
-- params: payers uuid[]
select distinct s.user_id
from funding.source s
where s.user_id = any ($1::uuid[]) and s.is_default and s.state = 30;

-- What a payer's pulls have come to so far: codes of funding.types.OpState.
-- name: record_of
-- reads: primary
-- home: shard
-- params: owner uuid, source uuid
select s.verified_at,
  (select count(*)
   from funding.operation o
   where o.user_id = $1 and o.kind = 1 and o.state in (40, 50)) as settled,
  (select max(o.changed_at)
   from funding.operation o
   where o.user_id = $1 and o.kind = 1 and o.state = 93) as returned_at
from funding.source s
where s.id = $2 and s.user_id = $1;
