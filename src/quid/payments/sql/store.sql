-- One line of activity for each party; of a DECLINED payment the payer's alone. Codes are those of
-- payments.types: states 10, 30, then 60 or 81; kind 1.
-- name: record
-- reads: primary
-- home: shard
-- params: ids uuid[], payers uuid[], payees uuid[], amounts bigint[], currencies text[], notes text[], payer_vis text[], payee_vis text[], payer_show boolean[], payee_show boolean[], asked timestamptz[], authorized timestamptz, done timestamptz[], refusals text[], payer_after bigint[], payee_after bigint[], requests uuid[]
with p as (
  select n.id, n.payer, n.payee, n.amount, n.currency, n.note, n.payer_vis, n.payee_vis,
    n.payer_show, n.payee_show, n.refusal, n.payer_after, n.payee_after, n.request,
    n.asked, greatest(n.asked, $12) as authorized, greatest(n.asked, $12, n.done) as done
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::text[],
      $7::text[], $8::text[], $9::boolean[], $10::boolean[], $11::timestamptz[],
      $13::timestamptz[], $14::text[], $15::bigint[], $16::bigint[], $17::uuid[])
    as n (id, payer, payee, amount, currency, note, payer_vis, payee_vis, payer_show, payee_show,
      asked, done, refusal, payer_after, payee_after, request)
), kept as (
  insert into payments.payment (id, payer_id, payee_id, amount_minor, currency, note,
    payer_visibility, payee_visibility, payer_show_amount, payee_show_amount,
    states, times, refusal_code, request_id)
  select p.id, p.payer, p.payee, p.amount, p.currency, p.note,
    p.payer_vis, p.payee_vis, p.payer_show, p.payee_show,
    case when p.refusal is null then array[10, 30, 60]::int2[] else array[10, 30, 81]::int2[] end,
    array[p.asked, p.authorized, p.done], p.refusal, p.request
  from p
)
insert into payments.activity (user_id, at, id, kind, is_incoming, state, amount_minor, currency,
  counterparty_id, note, balance_after_minor)
select x.user_id, p.done, p.id, 1, x.is_incoming,
  case when p.refusal is null then 60 else 81 end, p.amount, p.currency, x.other, p.note, x.balance
from p
cross join lateral (
  values (p.payer, false, p.payee, p.payer_after), (p.payee, true, p.payer, p.payee_after)
) as x (user_id, is_incoming, other, balance)
where not x.is_incoming or p.refusal is null;

-- name: add_activity
-- reads: primary
-- home: shard
-- params: users uuid[], ats timestamptz[], ids uuid[], kinds smallint[], incoming boolean[], states smallint[], amounts bigint[], currencies text[], others uuid[], notes text[], balances bigint[]
insert into payments.activity (user_id, at, id, kind, is_incoming, state, amount_minor, currency,
  counterparty_id, note, balance_after_minor)
select a.user_id, a.at, a.id, a.kind, a.is_incoming, a.state, a.amount, a.currency,
  a.other, a.note, a.balance
from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::smallint[], $5::boolean[],
    $6::smallint[], $7::bigint[], $8::text[], $9::uuid[], $10::text[], $11::bigint[])
  as a (user_id, at, id, kind, is_incoming, state, amount, currency, other, note, balance);
