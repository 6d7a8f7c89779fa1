-- name: set_limit
-- reads: primary
-- home: global
-- params: id uuid, user_id uuid, window text, max_minor bigint, max_count int4, currency text, set_at timestamptz, expires_at timestamptz, reason text, set_by text
insert into risk.limit_override (
  id, user_id, kind, "window", max_minor, max_count, currency, set_at, expires_at, reason, set_by
)
values ($1, $2, case when $3 in ('day', 'week') then 'send' else $3 end,
  case when $3 in ('day', 'week') then $3 else 'week' end, $4, $5, $6::text, $7, $8, $9, $10);

-- name: record
-- reads: primary
-- home: shard
-- params: ids uuid[], payers uuid[], scores smallint[], actions smallint[], rules text[], versions int4[], amounts bigint[], currencies text[], since timestamptz[], before int4[], at timestamptz
-- The rules of one decision travel as one text, joined by commas: there are no arrays of arrays.
insert into risk.decision (id, payer_id, at, score, action, rules, ruleset_version, amount_minor,
  currency, payer_since, sent_before)
select d.id, d.payer, $11, d.score, d.action, string_to_array(d.rules, ','), d.version, d.amount,
  d.currency, d.since, d.before
from unnest($1::uuid[], $2::uuid[], $3::int2[], $4::int2[], $5::text[], $6::int4[], $7::bigint[],
    $8::text[], $9::timestamptz[], $10::int4[])
  as d (id, payer, score, action, rules, version, amount, currency, since, before);
