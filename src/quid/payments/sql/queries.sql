-- name: payment
-- reads: primary
-- home: shard
-- params: id uuid, viewer uuid
select p.id, p.payer_id, p.payee_id, p.amount_minor, p.currency, p.note,
  p.payer_visibility, p.payee_visibility, p.payer_show_amount, p.payee_show_amount,
  p.states, p.times, p.refusal_code, p.reversed_minor, p.request_id
from payments.payment p
where p.id = $1 and (p.payer_id = $2 or (p.payee_id = $2 and 60 = any(p.states)));

-- name: payments_of
-- reads: primary
-- home: shard
-- params: viewer uuid, before_at timestamptz, before_id uuid, many bigint
select p.id, p.payer_id, p.payee_id, p.amount_minor, p.currency, p.note,
  p.payer_visibility, p.payee_visibility, p.payer_show_amount, p.payee_show_amount,
  p.states, p.times, p.refusal_code, p.reversed_minor, p.request_id
from (
  select a.at, a.id
  from payments.activity a
  where a.user_id = $1 and a.kind = 1 and (a.at, a.id) < ($2, $3)
  order by a.at desc, a.id desc
  limit $4
) as mine
join payments.payment p on p.id = mine.id
order by mine.at desc, mine.id desc;

-- Of a payment for which a bank or card pays the money of these has not moved: a line of it has a
-- balance only where the balance's part is on hold, and then the payment's own has it.
-- name: activity
-- reads: primary
-- home: shard
-- params: viewer uuid, before_at timestamptz, before_id uuid, many bigint, skip bigint, since timestamptz, until timestamptz, low bigint, high bigint, person uuid, kind smallint, state smallint, incoming boolean, words text, named uuid[]
select a.at, a.id, a.kind, a.is_incoming, a.state, a.amount_minor, a.currency, a.counterparty_id,
  a.note,
  case
    when o.payment_id is null or a.state in (60, 70) then a.balance_after_minor
    when a.kind = 5 or (a.kind = 1 and o.balance_minor = 0) then null
    else a.balance_after_minor
  end as balance_after_minor,
  a.payment_id, a.fee_minor, a.operation_id, o.kind as paid_by
from payments.activity a
left join payments.outside o on o.operation_id = a.operation_id
where a.user_id = $1 and (a.at, a.id) < ($2, $3)
  and ($6::timestamptz is null or a.at >= $6)
  and ($7::timestamptz is null or a.at < $7)
  and ($8::bigint is null or a.amount_minor >= $8)
  and ($9::bigint is null or a.amount_minor <= $9)
  and ($10::uuid is null or a.counterparty_id = $10)
  and ($11::smallint is null or a.kind = $11)
  and ($12::smallint is null or a.state = $12)
  and ($13::boolean is null or a.is_incoming = $13)
  and ($14::text is null
    or position(lower($14) in lower(a.note)) > 0
    or a.counterparty_id = any($15::uuid[]))
order by a.at desc, a.id desc
limit $4 offset $5;

-- name: counterparties
-- reads: primary
-- home: shard
-- params: viewer uuid, before_at timestamptz, since timestamptz, until timestamptz
select distinct a.counterparty_id
from payments.activity a
where a.user_id = $1 and a.at <= $2
  and ($3::timestamptz is null or a.at >= $3)
  and ($4::timestamptz is null or a.at < $4)
  and a.counterparty_id is not null;

-- name: latest
-- reads: primary
-- home: shard
-- params: many bigint
select p.id, p.payer_id, p.payee_id, p.amount_minor, p.currency, p.note,
  p.payer_visibility, p.payee_visibility, p.payer_show_amount, p.payee_show_amount,
  p.states, p.times, p.refusal_code, p.reversed_minor, p.request_id
from payments.payment p
where 60 = any(p.states)
order by p.id desc
limit $1;

-- R10: a payment that was COMPLETED has its transfer, alike in amount and between its two people;
-- any other has none; a transfer of code PAYMENT has its payment; what was taken back is the same
-- here and there; one that waits has the row that ends it. One range of ids a call, so that
-- partitions are pruned.
-- name: unmatched
-- reads: primary
-- home: shard
-- params: after uuid, upto uuid
select coalesce(p.id, j.id) as id,
  case
    when p.id is null then 'transfer without payment'
    when j.id is null and p.is_lost then 'waits, and nothing knows until when'
    when j.id is null then 'COMPLETED without transfer'
    when not p.is_moved then 'transfer of a payment that did not complete'
    when j.reversed <> p.reversed_minor then 'reversed amounts differ'
    when j.amount <> p.amount_minor or j.currency <> p.currency then 'amounts differ'
    else 'the wallets are not those of payer and payee'
  end as what
from (
  select x.id, x.payer_id, x.payee_id, x.amount_minor, x.currency, x.reversed_minor,
    60 = any(x.states) as is_moved,
    (x.states[cardinality(x.states)] in (21, 22)
      and not exists (select from payments.waiting w where w.payment_id = x.id))
    or (x.states[cardinality(x.states)] in (40, 41)
      and not exists (select from payments.outside o where o.payment_id = x.id
        and o.closed_at is null)) as is_lost
  from payments.payment x
  where x.id > $1 and x.id <= $2
) p
full join (
  select y.id, y.amount, y.currency, d.owner as payer_id, c.owner as payee_id,
    coalesce(r.amount, 0) as reversed
  from ledger.journal y
  left join ledger.reversed r on r.id = y.id
  left join ledger.account d on d.id = y.debit_id
  left join ledger.account c on c.id = y.credit_id
  where y.id > $1 and y.id <= $2 and y.code = 1
) j on j.id = p.id
where p.id is null
  or (j.id is null and (p.is_moved or p.is_lost))
  or (j.id is not null and (not p.is_moved
    or (j.amount, j.currency, j.reversed) <> (p.amount_minor, p.currency, p.reversed_minor)
    or (j.payer_id, j.payee_id) is distinct from (p.payer_id, p.payee_id)))
order by 1;
