-- Payments for which a bank or card pays. Codes are those of payments.types.

-- name: add_payment
-- reads: primary
-- home: shard
-- params: id uuid, payer uuid, payee uuid, amount bigint, currency character, note text, payer_vis text, payee_vis text, payer_show boolean, payee_show boolean, states int2[], times timestamptz[], request uuid
insert into payments.payment (id, payer_id, payee_id, amount_minor, currency, note,
  payer_visibility, payee_visibility, payer_show_amount, payee_show_amount, states, times,
  request_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: add_outside
-- reads: primary
-- home: shard
-- params: payment uuid, payer uuid, operation uuid, source uuid, kind text, label text, from_balance bigint, from_outside bigint, fee bigint, lands_on date, ip text, user_agent text, since timestamptz, counted timestamptz
insert into payments.outside (payment_id, payer_id, operation_id, source_id, kind, label,
  balance_minor, outside_minor, fee_minor, lands_on, ip, user_agent, since, counted_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: add_waiting
-- reads: primary
-- home: shard
-- params: payment uuid, payer uuid, state int2, since timestamptz, until timestamptz, reason text, methods text[]
insert into payments.waiting (payment_id, payer_id, state, since, until, reason, methods)
values ($1, $2, $3, $4, $5, $6, $7);

-- What a bank or card is to pay comes in, what the payee is to have goes out: together they are the
-- part of the balance, which is on hold from this moment.
-- name: add_lines
-- reads: primary
-- home: shard
-- params: payer uuid, at timestamptz, ids uuid[], kinds smallint[], incoming boolean[], state smallint, amounts bigint[], currency character, payees uuid[], notes text[], balances bigint[], payments uuid[], operation uuid, fees bigint[]
insert into payments.activity (user_id, at, id, kind, is_incoming, state, amount_minor, currency,
  counterparty_id, note, balance_after_minor, payment_id, operation_id, fee_minor)
select $1, $2, a.id, a.kind, a.is_incoming, $6, a.amount, $8, a.payee, a.note, a.balance,
  a.payment, $13, a.fee
from unnest($3::uuid[], $4::smallint[], $5::boolean[], $7::bigint[], $9::uuid[], $10::text[],
    $11::bigint[], $12::uuid[], $14::bigint[])
  as a (id, kind, is_incoming, amount, payee, note, balance, payment, fee);

-- name: outside
-- reads: primary
-- home: shard
-- params: ids uuid[]
select o.payment_id, o.payer_id, o.operation_id, o.source_id, o.kind, o.label, o.balance_minor,
  o.outside_minor, o.fee_minor, o.lands_on, o.ip, o.user_agent, o.since,
  o.counted_at, o.closed_at
from payments.outside o
where o.payment_id = any ($1::uuid[]);

-- These payments move on: all take the same moves. Their payers' lines show `shown`; `is_end` says
-- that nothing more is to come of the operation.
-- name: move
-- reads: primary
-- home: shard
-- params: ids uuid[], moves int2[], done timestamptz[], refusal text, shown smallint, is_end boolean
with x as (
  select n.id, n.done from unnest($1::uuid[], $3::timestamptz[]) as n (id, done)
), moved as (
  update payments.payment p
  set states = p.states || $2::int2[],
    times = p.times || array_fill(greatest(p.times[cardinality(p.times)], x.done),
      array[cardinality($2::int2[])]),
    refusal_code = $4
  from x
  where p.id = x.id
), gone as (
  delete from payments.waiting w using x where w.payment_id = x.id
), looked as (
  update payments.outside o
  set due_at = null, closed_at = case when $6 then x.done end
  from x
  where o.payment_id = x.id
  returning o.payer_id, o.since, o.payment_id, o.operation_id
)
update payments.activity a
set state = $5
from looked
where a.user_id = looked.payer_id and a.at = looked.since
  and a.id in (looked.payment_id, looked.operation_id);

-- name: tell
-- reads: primary
-- home: shard
-- params: ids uuid[], at timestamptz
update payments.outside o
set due_at = $2
where o.payment_id = any ($1::uuid[]) and o.closed_at is null;

-- Who takes one looks at it now; if that fails it is due again a minute later.
-- name: take_due
-- reads: primary
-- home: shard
-- params: now timestamptz, many bigint, again timestamptz
update payments.outside o
set due_at = $3
where o.payment_id in (
  select x.payment_id
  from payments.outside x
  where x.due_at <= $1
  order by x.due_at
  limit $2
  for update skip locked
)
returning o.payment_id;

-- name: looked
-- reads: primary
-- home: shard
-- params: id uuid
update payments.outside o
set due_at = null
where o.payment_id = $1;

-- Lines of what banks and cards did to a balance. The same event twice finds its lines.
-- name: add_moves
-- reads: primary
-- home: shard
-- params: users uuid[], ats timestamptz[], ids uuid[], kinds smallint[], incoming boolean[], states smallint[], amounts bigint[], currencies text[], notes text[], balances bigint[], payments uuid[], operations uuid[], fees bigint[]
insert into payments.activity (user_id, at, id, kind, is_incoming, state, amount_minor, currency,
  note, balance_after_minor, payment_id, operation_id, fee_minor)
select a.user_id, a.at, a.id, a.kind, a.is_incoming, a.state, a.amount, a.currency, a.note,
  a.balance, a.payment, a.operation, a.fee
from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::smallint[], $5::boolean[],
    $6::smallint[], $7::bigint[], $8::text[], $9::text[], $10::bigint[], $11::uuid[],
    $12::uuid[], $13::bigint[])
  as a (user_id, at, id, kind, is_incoming, state, amount, currency, note, balance, payment,
    operation, fee)
on conflict do nothing;

-- The line of a withdrawal (kind 6) shows where it stands; what came (2, 5) that it was taken back.
-- They were written after their operation was asked for.
-- name: show_operation
-- reads: primary
-- home: shard
-- params: owner uuid, since timestamptz, operation uuid, state smallint
update payments.activity a
set state = $4
where a.user_id = $1 and a.at >= $2 and a.operation_id = $3
  and ((a.kind = 6 and not a.is_incoming) or (a.kind in (2, 5) and a.state in (60, 70)));
