-- How much a person of a tier may move in which window. Policy is data: a change is a new version.
create schema risk;
grant usage on schema risk to quid_app, quid_recon;

-- home: reference (written at global, copied to each shard)
create table risk.limit_policy (
  version int4 not null check (version > 0),
  tier int2 not null check (tier between 0 and 2),
  kind text not null check (kind in ('send')),
  "window" text not null check ("window" in ('payment', 'day', 'week')),
  max_minor bigint not null check (max_minor >= 0),
  max_count int4 check (max_count > 0),
  currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
  active_from timestamptz not null,
  primary key (currency, version, tier, kind, "window"),
  check ("window" <> 'payment' or max_count is null)
);
comment on table risk.limit_policy is
  'limits of each tier; the version with the latest active_from not in the future holds';
comment on column risk.limit_policy.version is 'grows with each change; old rows stay as proof';
comment on column risk.limit_policy.tier is 'tier of the person, from identity';
comment on column risk.limit_policy.kind is 'send: payments to people';
comment on column risk.limit_policy."window" is
  'payment: one payment; day: rolling 24 hours; week: rolling 7 days';
comment on column risk.limit_policy.max_minor is 'minor units of currency, the bound itself passes';
comment on column risk.limit_policy.max_count is 'payments in the window; null = no bound on number';
comment on column risk.limit_policy.currency is 'ISO 4217; a currency without rows is refused';
comment on column risk.limit_policy.active_from is 'instant from which the version holds';

insert into risk.limit_policy
  (version, tier, kind, "window", max_minor, max_count, currency, active_from)
values
  (1, 0, 'send', 'payment', 29999, null, 'USD', '2020-01-01 00:00+00'),
  (1, 0, 'send', 'day', 29999, 20, 'USD', '2020-01-01 00:00+00'),
  (1, 0, 'send', 'week', 29999, null, 'USD', '2020-01-01 00:00+00'),
  (1, 1, 'send', 'payment', 299999, null, 'USD', '2020-01-01 00:00+00'),
  (1, 1, 'send', 'day', 299999, 100, 'USD', '2020-01-01 00:00+00'),
  (1, 1, 'send', 'week', 699999, null, 'USD', '2020-01-01 00:00+00'),
  (1, 2, 'send', 'payment', 500000, null, 'USD', '2020-01-01 00:00+00'),
  (1, 2, 'send', 'day', 1000000, 200, 'USD', '2020-01-01 00:00+00'),
  (1, 2, 'send', 'week', 6000000, null, 'USD', '2020-01-01 00:00+00');

-- home: global
create table risk.limit_override (
  id uuid primary key,
  user_id uuid not null,
  kind text not null check (kind in ('send')),
  "window" text not null check ("window" in ('day', 'week')),
  max_minor bigint not null check (max_minor >= 0),
  max_count int4 check (max_count > 0),
  currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
  set_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > set_at),
  reason text not null check (char_length(reason) between 1 and 500),
  set_by text not null
);
create index limit_override_person on risk.limit_override (user_id, set_at);
create index limit_override_expiry on risk.limit_override (expires_at);
comment on table risk.limit_override is
  'a limit of one person in place of the tier''s; rows are only added, the latest set holds';
comment on column risk.limit_override.user_id is 'whose limit it is';
comment on column risk.limit_override.kind is 'as in limit_policy';
comment on column risk.limit_override."window" is 'as in limit_policy';
comment on column risk.limit_override.max_minor is 'minor units, in place of the tier''s';
comment on column risk.limit_override.max_count is 'null keeps the number of the tier';
comment on column risk.limit_override.currency is 'ISO 4217';
comment on column risk.limit_override.set_at is 'instant from which it holds';
comment on column risk.limit_override.expires_at is 'instant from which the tier''s limit holds again';
comment on column risk.limit_override.reason is 'why, for the auditor';
comment on column risk.limit_override.set_by is 'operator';

grant select on risk.limit_policy to quid_app, quid_recon;
grant select, insert on risk.limit_override to quid_app;
