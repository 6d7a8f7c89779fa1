-- What others may come to see. Codes are those of payments.types: 60 is COMPLETED, the last state of
-- what has arrived and was not reversed; a line of kind 1 is of a payment.

-- name: stories
-- reads: primary
-- home: shard
-- params: ids uuid[]
select p.id, p.payer_id, p.payee_id, p.amount_minor, p.currency, p.note,
  case
    when 'private' in (p.payer_visibility, p.payee_visibility) then 'private'
    when 'friends' in (p.payer_visibility, p.payee_visibility) then 'friends'
    else 'public'
  end as visibility,
  p.payer_show_amount and p.payee_show_amount as show_amount,
  p.states[cardinality(p.states)] = 60 as is_completed,
  p.times[array_position(p.states, 60::int2)] as completed_at,
  p.request_id
from payments.payment p
where p.id = any($1::uuid[]);

-- name: recent_of
-- reads: primary
-- home: shard
-- params: viewer uuid, since timestamptz, many bigint
select p.id, p.payer_id, p.payee_id, p.amount_minor, p.currency, p.note,
  case
    when 'private' in (p.payer_visibility, p.payee_visibility) then 'private'
    when 'friends' in (p.payer_visibility, p.payee_visibility) then 'friends'
    else 'public'
  end as visibility,
  p.payer_show_amount and p.payee_show_amount as show_amount,
  p.states[cardinality(p.states)] = 60 as is_completed,
  p.times[array_position(p.states, 60::int2)] as completed_at,
  p.request_id
from (
  select a.at, a.id
  from payments.activity a
  where a.user_id = $1 and a.at >= $2 and a.kind = 1 and a.state = 60
  order by a.at desc, a.id desc
) x
join payments.payment p on p.id = x.id and p.states[cardinality(p.states)] = 60
order by x.at desc, x.id desc
limit $3;

-- name: mine
-- reads: primary
-- home: shard
-- params: viewer uuid, before_at timestamptz, before_id uuid, many bigint
select a.at, a.id
from payments.activity a
where a.user_id = $1 and (a.at, a.id) < ($2, $3) and a.kind = 1 and a.state = 60
order by a.at desc, a.id desc
limit $4;

-- Word for word the index payment_public.
-- name: public
-- reads: primary
-- home: shard
-- params: before_at timestamptz, before_id uuid, many bigint
select p.times[cardinality(p.times)] as at, p.id
from payments.payment p
where p.payer_visibility = 'public' and p.payee_visibility = 'public'
  and p.states[cardinality(p.states)] = 60
  and (p.times[cardinality(p.times)], p.id) < ($1, $2)
order by p.times[cardinality(p.times)] desc, p.id desc
limit $3;

-- name: times_paid
-- reads: primary
-- home: shard
-- params: payer uuid, others uuid[]
select a.counterparty_id as payee_id, count(*) as times
from payments.activity a
join payments.payment p on p.id = a.id and p.states[cardinality(p.states)] = 60
where a.user_id = $1 and a.kind = 1 and not a.is_incoming and a.state = 60
  and a.counterparty_id = any($2::uuid[])
group by a.counterparty_id;

-- name: has_paid
-- reads: primary
-- home: shard
-- params: payer uuid, payee uuid
select exists (
  select
  from payments.activity a
  join payments.payment p on p.id = a.id and p.states[cardinality(p.states)] = 60
  where a.user_id = $2 and a.kind = 1 and a.is_incoming and a.state = 60
    and a.counterparty_id = $1
) as has_paid;
