-- Limits of money that comes from and goes to banks and cards, beside those of payments.
-- The rows there hold the narrower rules, so the wider ones need not look at them.
-- squawk-ignore ban-drop-constraint
alter table risk.limit_policy drop constraint limit_policy_kind_check;
alter table risk.limit_policy add constraint limit_policy_kind_check
  check (kind in ('send', 'bank_in', 'bank_out', 'bank_credit')) not valid;
-- squawk-ignore ban-drop-constraint
alter table risk.limit_policy drop constraint limit_policy_window_check;
alter table risk.limit_policy add constraint limit_policy_window_check
  check (("window" = 'exposure') = (kind = 'bank_credit')
    and "window" in ('payment', 'day', 'week', 'exposure')) not valid;
comment on column risk.limit_policy.kind is
  'send: payments to people; bank_in, bank_out: from and to banks; bank_credit: what we advance';
comment on column risk.limit_policy."window" is
  'payment: one transfer; day: rolling 24 hours; week: rolling 7 days; exposure: open at once';
comment on column risk.limit_policy.max_count is 'transfers in the window; null = no bound on number';

-- What one withdrawal may take is the bound of the highest tier, or what the week allows.
insert into risk.limit_policy
  (version, tier, kind, "window", max_minor, max_count, currency, active_from)
values
  (1, 0, 'bank_in', 'week', 29999, null, 'USD', '2020-01-01 00:00+00'),
  (1, 1, 'bank_in', 'week', 300000, null, 'USD', '2020-01-01 00:00+00'),
  (1, 2, 'bank_in', 'week', 1000000, null, 'USD', '2020-01-01 00:00+00'),
  (1, 0, 'bank_out', 'payment', 99999, null, 'USD', '2020-01-01 00:00+00'),
  (1, 0, 'bank_out', 'week', 99999, null, 'USD', '2020-01-01 00:00+00'),
  (1, 1, 'bank_out', 'payment', 500000, null, 'USD', '2020-01-01 00:00+00'),
  (1, 1, 'bank_out', 'week', 699999, null, 'USD', '2020-01-01 00:00+00'),
  (1, 2, 'bank_out', 'payment', 500000, null, 'USD', '2020-01-01 00:00+00'),
  (1, 2, 'bank_out', 'week', 1999999, null, 'USD', '2020-01-01 00:00+00'),
  (1, 0, 'bank_credit', 'exposure', 0, null, 'USD', '2020-01-01 00:00+00'),
  (1, 1, 'bank_credit', 'exposure', 30000, null, 'USD', '2020-01-01 00:00+00'),
  (1, 2, 'bank_credit', 'exposure', 100000, null, 'USD', '2020-01-01 00:00+00');

-- squawk-ignore ban-drop-constraint
alter table risk.limit_override drop constraint limit_override_kind_check;
alter table risk.limit_override add constraint limit_override_kind_check
  check (kind in ('send', 'bank_in', 'bank_out')) not valid;
