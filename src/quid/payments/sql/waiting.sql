-- Payments that wait, and what ends their waiting. Codes are those of payments.types.

-- What judging and answering must know of payers, from the primary: payments of the last hour that
-- were not refused, counted up to a bound; what stands on accounts beside their wallet, on hold or
-- on its way from a bank; and what a bank may still take back. Almost nobody has any, so only those
-- are named who have sent `least` or more, or have another account.
-- name: payers
-- reads: primary
-- home: shard
-- params: payers uuid[], buckets int2[], least bigint[], since timestamptz, bound bigint, now timestamptz
select x.payer, s.n as sent, coalesce(h.held, 0) as held, coalesce(h.seq, 0) as held_seq,
  coalesce(h.pending, 0) as pending, coalesce(h.owed, 0) as owed, coalesce(u.cents, 0) as unripe
from unnest($1::uuid[], $2::int2[], $3::bigint[]) x (payer, bucket, least)
cross join lateral (
  select count(*) as n
  from (
    select
    from payments.activity a
    where a.user_id = x.payer and a.at > $4 and a.kind = 1 and not a.is_incoming
      and a.state not in (80, 81, 82)
    limit $5
  ) recent
) s
left join lateral (
  select (sum(a.credits - a.debits) filter (where a.kind in (202, 204)))::bigint as held,
    sum(a.seq)::bigint as seq,
    (sum(a.credits - a.debits) filter (where a.kind = 203))::bigint as pending,
    -(sum(a.credits - a.debits) filter (where a.kind = 121))::bigint as owed
  from ledger.account a
  where a.bucket = x.bucket and a.owner = x.payer and a.kind <> 201 and a.currency = 'USD'
  offset 0
) h on true
left join lateral (
  select sum(o.cents)::bigint as cents
  from funding.operation o
  where h.pending is not null
    and o.user_id = x.payer and o.kind = 1 and o.state < 90 and (o.is_released or o.is_advanced)
    and (o.standard_return_until is null or o.standard_return_until > $6)
) u on true
where s.n >= x.least or h.seq is not null;

-- name: hold
-- reads: primary
-- home: shard
-- params: ids uuid[], payers uuid[], payees uuid[], amounts bigint[], currencies text[], notes text[], payer_vis text[], payee_vis text[], payer_show boolean[], payee_show boolean[], asked timestamptz[], since timestamptz[], until timestamptz[], states int2[], reasons text[], methods text[], after bigint[], requests uuid[]
-- The methods of one payment travel as one text, joined by commas: there are no arrays of arrays.
with p as (
  select n.id, n.payer, n.payee, n.amount, n.currency, n.note, n.payer_vis, n.payee_vis,
    n.payer_show, n.payee_show, n.asked, greatest(n.asked, n.since) as since, n.until, n.state,
    n.reason, n.methods, n.after, n.request
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::text[],
      $7::text[], $8::text[], $9::boolean[], $10::boolean[], $11::timestamptz[],
      $12::timestamptz[], $13::timestamptz[], $14::int2[], $15::text[], $16::text[], $17::bigint[],
      $18::uuid[])
    as n (id, payer, payee, amount, currency, note, payer_vis, payee_vis, payer_show, payee_show,
      asked, since, until, state, reason, methods, after, request)
), kept as (
  insert into payments.payment (id, payer_id, payee_id, amount_minor, currency, note,
    payer_visibility, payee_visibility, payer_show_amount, payee_show_amount,
    states, times, refusal_code, request_id)
  select p.id, p.payer, p.payee, p.amount, p.currency, p.note, p.payer_vis, p.payee_vis,
    p.payer_show, p.payee_show, array[10, p.state], array[p.asked, p.since], null,
    p.request
  from p
), line as (
  insert into payments.activity (user_id, at, id, kind, is_incoming, state, amount_minor, currency,
    counterparty_id, note, balance_after_minor)
  select p.payer, p.since, p.id, 1, false, p.state, p.amount, p.currency, p.payee, p.note, p.after
  from p
)
insert into payments.waiting (payment_id, payer_id, state, since, until, reason, methods)
select p.id, p.payer, p.state, p.since, p.until, p.reason,
  coalesce(string_to_array(nullif(p.methods, ''), ','), '{}')
from p;

-- name: waiting
-- reads: primary
-- home: shard
-- params: ids uuid[]
select w.payment_id, w.payer_id, w.state, w.since, w.until, w.reason, w.methods
from payments.waiting w
where w.payment_id = any($1::uuid[]);

-- name: queue
-- reads: primary
-- home: shard
-- params: after_at timestamptz, after_id uuid, many bigint
select w.payment_id, w.payer_id, w.state, w.since, w.until, w.reason, w.methods
from payments.waiting w
where w.state = 22 and (w.until, w.payment_id) > ($1, $2)
order by w.until, w.payment_id
limit $3;

-- name: found
-- reads: primary
-- home: shard
-- params: ids uuid[]
select p.id, p.payer_id, p.payee_id, p.amount_minor, p.currency, p.note,
  p.payer_visibility, p.payee_visibility, p.payer_show_amount, p.payee_show_amount,
  p.states, p.times, p.refusal_code, p.reversed_minor, p.request_id
from payments.payment p
where p.id = any($1::uuid[])
order by p.id;

-- name: lock
-- reads: primary
-- home: shard
-- params: ids uuid[]
select p.id
from payments.payment p
where p.id = any($1::uuid[])
order by p.id
for no key update;

-- Those that somebody is acting on are left for the next run.
-- name: lock_due
-- reads: primary
-- home: shard
-- params: at timestamptz, many bigint
select p.id
from payments.payment p
where p.id in (
  select w.payment_id
  from payments.waiting w
  where w.until <= $1
  order by w.until
  limit $2
)
order by p.id
for no key update skip locked;

-- The waiting of these payments ends: all take the same moves, each at its own time. `at` of the
-- payer's line is the instant from which it waited.
-- name: end
-- reads: primary
-- home: shard
-- params: ids uuid[], moves int2[], decided timestamptz, done timestamptz[], refusal text
with x as (
  select n.id, n.done
  from unnest($1::uuid[], $4::timestamptz[]) as n (id, done)
), moved as (
  update payments.payment p
  set states = p.states || $2::int2[],
    times = p.times || case
      when cardinality($2::int2[]) = 1 then array[greatest(p.times[2], x.done)]
      else array[greatest(p.times[2], $3), greatest(p.times[2], $3, x.done)]
    end,
    refusal_code = $5
  from x
  where p.id = x.id
), gone as (
  delete from payments.waiting w
  using x
  where w.payment_id = x.id
  returning w.payment_id, w.payer_id, w.since
)
update payments.activity a
set state = ($2::int2[])[cardinality($2::int2[])]
from gone
where a.user_id = gone.payer_id and a.at = gone.since and a.id = gone.payment_id;

-- name: add_returned
-- reads: primary
-- home: shard
-- params: users uuid[], ats timestamptz[], ids uuid[], kinds smallint[], incoming boolean[], states smallint[], amounts bigint[], currencies text[], others uuid[], balances bigint[], payments uuid[]
insert into payments.activity (user_id, at, id, kind, is_incoming, state, amount_minor, currency,
  counterparty_id, balance_after_minor, payment_id)
select a.user_id, a.at, a.id, a.kind, a.is_incoming, a.state, a.amount, a.currency, a.other,
  a.balance, a.payment
from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::smallint[], $5::boolean[],
    $6::smallint[], $7::bigint[], $8::text[], $9::uuid[], $10::bigint[], $11::uuid[])
  as a (user_id, at, id, kind, is_incoming, state, amount, currency, other, balance, payment);

-- name: reversals
-- reads: primary
-- home: shard
-- params: ids uuid[]
select r.id, r.payment_id, r.amount_minor, r.at, r.reason
from payments.reversal r
where r.payment_id = any($1::uuid[])
order by r.at, r.id;

-- name: reverse
-- reads: primary
-- home: shard
-- params: id uuid, payment uuid, amount bigint, at timestamptz, reason text, approval uuid
with kept as (
  insert into payments.reversal (id, payment_id, amount_minor, at, reason, approval_id)
  values ($1, $2, $3, $4, $5, $6)
)
update payments.payment p
set reversed_minor = p.reversed_minor + $3,
  states = case when p.reversed_minor + $3 = p.amount_minor then p.states || 70::int2
    else p.states end,
  times = case when p.reversed_minor + $3 = p.amount_minor
    then p.times || greatest(p.times[cardinality(p.times)], $4) else p.times end
where p.id = $2;

-- name: show_to
-- reads: primary
-- home: shard
-- params: id uuid, viewer uuid, visibility text, show_amount boolean
update payments.payment p
set payer_visibility = case when p.payer_id = $2 then $3 else p.payer_visibility end,
  payee_visibility = case when p.payee_id = $2 then $3 else p.payee_visibility end,
  payer_show_amount = case when p.payer_id = $2 then coalesce($4, p.payer_show_amount)
    else p.payer_show_amount end,
  payee_show_amount = case when p.payee_id = $2 then coalesce($4, p.payee_show_amount)
    else p.payee_show_amount end
where p.id = $1 and (p.payer_id = $2 or (p.payee_id = $2 and 60 = any(p.states)));

-- One page of my past, newest first: what I let more people see than this is hidden from them. The
-- three wishes stand here from the strictest on.
-- name: tighten
-- reads: primary
-- home: shard
-- params: viewer uuid, before_at timestamptz, before_id uuid, many bigint, visibility text
with page as (
  select a.at, a.id
  from payments.activity a
  where a.user_id = $1 and a.kind = 1 and (a.at, a.id) < ($2, $3)
  order by a.at desc, a.id desc
  limit $4
), wide as (
  select p.id
  from page
  join payments.payment p on p.id = page.id
  where array_position(array['private', 'friends', 'public'], $5)
    < array_position(array['private', 'friends', 'public'],
        case when p.payer_id = $1 then p.payer_visibility else p.payee_visibility end)
  order by p.id
  for no key update of p
), hidden as (
  update payments.payment p
  set payer_visibility = case when p.payer_id = $1 then $5 else p.payer_visibility end,
    payee_visibility = case when p.payee_id = $1 then $5 else p.payee_visibility end
  from wide
  where p.id = wide.id
  returning p.id
)
select (select count(*) from page) as seen, (select count(*) from hidden) as hidden,
  l.at as last_at, l.id as last_id
from (select null) as one
left join lateral (select page.at, page.id from page order by page.at, page.id limit 1) l on true;

-- name: similar
-- reads: primary
-- home: shard
-- params: payer uuid, payee uuid, amount bigint, since timestamptz
select
  exists (
    select
    from payments.activity a
    where a.user_id = $1 and a.at > $4 and a.kind = 1 and not a.is_incoming
      and a.counterparty_id = $2 and a.amount_minor = $3 and a.state in (21, 22, 40, 60)
  ) as is_similar,
  not exists (
    select
    from payments.activity a
    where a.user_id = $1 and a.kind = 1 and not a.is_incoming and a.counterparty_id = $2
      and a.state in (60, 70)
  ) as is_new;

-- R10, of payments that wait, and of those that a bank or card is paying: each has on hold what is
-- to come from its balance, all of it, and no longer than it may; and no money is on hold for a
-- payment that waits no more. One snapshot: both sides are written together.
-- name: unheld
-- reads: primary
-- home: shard
select coalesce(x.id, h.cause_id, h.id) as id,
  case
    when x.id is null then 'money on hold for nothing that waits'
    when h.id is null and x.held > 0 then 'waits without its money on hold'
    when not x.is_rightly then 'waits in another state'
    when coalesce(h.remaining, 0) <> x.held then 'not all of its money is on hold'
    else 'waits longer than it may'
  end as what
from (
  select coalesce(w.payment_id, o.payment_id) as id,
    coalesce(o.balance_minor, p.amount_minor) as held,
    coalesce(w.until < now() - interval '5 minutes', o.since < now() - interval '15 days') as is_late,
    coalesce(case when w.payment_id is not null then p.states[cardinality(p.states)] = w.state
      else p.states[cardinality(p.states)] in (40, 41) end, false) as is_rightly
  from payments.waiting w
  full join (
    select y.payment_id, y.balance_minor, y.since
    from payments.outside y
    where y.closed_at is null
  ) o on o.payment_id = w.payment_id
  left join payments.payment p on p.id = coalesce(w.payment_id, o.payment_id)
) x
full join (
  select z.id, z.cause_id, z.amount - z.captured - z.released as remaining
  from ledger.hold z
  where z.closed_at is null and z.purpose in (1, 2, 3)
) h on h.cause_id = x.id
where x.id is null or (h.id is null and x.held > 0) or not x.is_rightly
  or coalesce(h.remaining, 0) <> x.held or x.is_late
order by 1;
