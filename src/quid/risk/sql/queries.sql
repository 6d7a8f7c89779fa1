-- name: policy
-- reads: primary
-- home: global
-- params: at timestamptz
-- The version in force of each currency and kind: the latest active_from, and of equal ones the highest.
select p.currency::text, p.version, p.tier::int4 as tier,
  case
    when p.kind = 'send' then p."window"
    when p."window" = 'payment' then p.kind || '_each'
    else p.kind
  end as "window", p.max_minor, p.max_count
from risk.limit_policy p
where p.active_from <= $1
  and not exists (
    select
    from risk.limit_policy q
    where q.currency = p.currency
      and q.kind = p.kind
      and q.active_from <= $1
      and (q.active_from, q.version) > (p.active_from, p.version)
  )
order by p.currency, p.tier, 4;

-- name: overrides
-- reads: primary
-- home: global
-- params: at timestamptz
select distinct on (o.user_id, o.currency, o.kind, o."window")
  o.user_id, o.currency::text, case o.kind when 'send' then o."window" else o.kind end as "window",
  o.max_minor, o.max_count, o.expires_at
from risk.limit_override o
where o.set_at <= $1
  and o.expires_at > $1
order by o.user_id, o.currency, o.kind, o."window", o.set_at desc, o.id desc;

-- name: rules
-- reads: primary
-- home: global
-- params: at timestamptz
-- The version in force: the latest active_from, and of equal ones the highest.
select r.version, r.id, r.is_live, r.floor::int4 as floor, r.above_minor,
  r.currency::text as currency, r.younger_than_seconds, r.more_than
from risk.rule r
where r.version = (
  select q.version
  from risk.rule q
  where q.active_from <= $1
  order by q.active_from desc, q.version desc
  limit 1
)
order by r.id;

-- name: decisions
-- reads: primary
-- home: shard
-- params: ids uuid[]
select d.id, d.at, d.score::int4 as score, d.rules, d.ruleset_version, d.payer_since, d.sent_before
from risk.decision d
where d.id = any($1::uuid[]);
