-- Rules that hold a payment back, as data, and what they decided.

-- home: reference (written at global, copied to each shard)
create table risk.rule (
  version int4 not null check (version > 0),
  id text not null check (id in ('R1', 'R2')),
  is_live boolean not null,
  -- 50 to 79 asks the payer to prove, 80 to 94 asks an operator. A rule never blocks for good.
  floor int2 not null check (floor between 50 and 94),
  above_minor bigint check (above_minor >= 0),
  currency char(3) check (currency ~ '^[A-Z]{3}$'),
  younger_than_seconds int4 check (younger_than_seconds > 0),
  more_than int4 check (more_than >= 0),
  active_from timestamptz not null,
  set_by text not null,
  reason text not null check (char_length(reason) between 10 and 500),
  primary key (version, id),
  check ((id = 'R1') = (above_minor is not null)),
  check ((id = 'R1') = (currency is not null)),
  check ((id = 'R1') = (younger_than_seconds is not null)),
  check ((id = 'R2') = (more_than is not null))
);
comment on table risk.rule is
  'rules of each version; the version with the latest active_from not in the future holds';
comment on column risk.rule.version is 'grows with each change; old rows stay as proof';
comment on column risk.rule.id is
  'R1: a young account pays much. R2: a payer has paid often within one hour';
comment on column risk.rule.is_live is 'false: the rule decides nothing';
comment on column risk.rule.floor is 'score 0 to 100 that a payment has at least, when it fits';
comment on column risk.rule.above_minor is 'R1: minor units of currency; the bound itself passes';
comment on column risk.rule.currency is 'R1: ISO 4217; payments in another currency do not fit';
comment on column risk.rule.younger_than_seconds is 'R1: age of the payer''s account';
comment on column risk.rule.more_than is
  'R2: earlier payments within 3,600 s, those refused aside; this many pass';
comment on column risk.rule.active_from is 'instant from which the version holds';
comment on column risk.rule.set_by is 'operator';
comment on column risk.rule.reason is 'why, for the auditor';

insert into risk.rule (version, id, is_live, floor, above_minor, currency, younger_than_seconds,
  more_than, active_from, set_by, reason)
values
  (1, 'R1', true, 85, 50000, 'USD', 604800, null, '2020-01-01 00:00+00', 'system',
    'as shipped: new accounts that pay much'),
  (1, 'R2', true, 90, null, null, null, 10, '2020-01-01 00:00+00', 'system',
    'as shipped: many payments within an hour');

-- home: the payer's bucket (the id carries it)
create table risk.decision (
  id uuid primary key,
  payer_id uuid not null,
  at timestamptz not null,
  score int2 not null check (score between 50 and 94),
  action int2 not null check (action in (1, 2)),
  rules text[] not null check (cardinality(rules) > 0),
  ruleset_version int4 not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  payer_since timestamptz not null,
  sent_before int4 not null check (sent_before >= 0)
);
comment on table risk.decision is
  'why a payment was held back: one row, in its transaction. Who was let through has none';
comment on column risk.decision.id is 'the payment';
comment on column risk.decision.score is 'the highest floor of the rules that fit';
comment on column risk.decision.action is '1 challenge, 2 review';
comment on column risk.decision.rules is 'ids of the rules that fit';
comment on column risk.decision.ruleset_version is 'version of risk.rule';
comment on column risk.decision.amount_minor is 'fact: minor units of currency';
comment on column risk.decision.payer_since is 'fact: when the payer joined';
comment on column risk.decision.sent_before is 'fact: earlier payments within 3,600 s';

create function risk.refuse_change() returns trigger language plpgsql
  set search_path = pg_catalog as $$
begin
  raise exception 'risk.decision is only added to' using errcode = '42501';
end $$;
revoke all on function risk.refuse_change from public;
create trigger decision_stands before update or delete on risk.decision
  for each row execute function risk.refuse_change();

grant select on risk.rule to quid_app, quid_recon;
grant select, insert on risk.decision to quid_app;
grant select on risk.decision to quid_recon;
