-- Payments, and each person's lines of activity.
create schema payments;
grant usage on schema payments to quid_app, quid_recon;

-- home: the payer's bucket (the id carries it)
create table payments.payment (
  id uuid primary key,
  payer_id uuid not null,
  payee_id uuid not null,
  amount_minor bigint not null check (amount_minor between 1 and 500000),
  currency char(3) not null,
  note text not null default '',
  payer_visibility text not null check (payer_visibility in ('private', 'friends', 'public')),
  payee_visibility text not null check (payee_visibility in ('private', 'friends', 'public')),
  payer_show_amount boolean not null,
  payee_show_amount boolean not null,
  -- Codes of payments.types.State. The paths are those that rules.PATHS allows (a test compares).
  states int2[] not null check (states in (
    array[10, 30, 60]::int2[], array[10, 30, 81]::int2[])),
  times timestamptz[] not null,
  refusal_code text,
  check (payer_id <> payee_id),
  check (cardinality(times) = cardinality(states)),
  check ((states[cardinality(states)] = 81) = (refusal_code is not null))
) with (fillfactor = 90);
comment on table payments.payment is 'what one person sent, or tried to send, to another';
comment on column payments.payment.amount_minor is 'minor units of currency, 1 to 500,000';
comment on column payments.payment.states is 'every state it was in, oldest first';
comment on column payments.payment.times is 'when it entered each state';
comment on column payments.payment.refusal_code is 'the code the payer was answered, of a DECLINED one';

-- home: each party's bucket
create table payments.activity (
  user_id uuid not null,
  at timestamptz not null,
  id uuid not null,
  kind int2 not null,
  is_incoming boolean not null,
  state int2 not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  counterparty_id uuid,
  note text not null default '',
  balance_after_minor bigint,
  primary key (user_id, at, id)
);
comment on table payments.activity is 'one line for each party of each thing that touched a balance';
comment on column payments.activity.id is 'the payment, or the deposit';
comment on column payments.activity.kind is 'code of payments.types.Kind';
comment on column payments.activity.amount_minor is 'minor units, unsigned; is_incoming gives the sign';
comment on column payments.activity.counterparty_id is 'the other person; null where there is none';
comment on column payments.activity.balance_after_minor is 'spendable balance right after; null if nothing moved';

grant select, insert on payments.payment to quid_app;
grant select, insert on payments.activity to quid_app;
grant select on payments.payment, payments.activity to quid_recon;
