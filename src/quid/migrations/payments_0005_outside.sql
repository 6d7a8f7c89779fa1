-- Payments for which a bank or card pays: the states on their way, what is paid by whom, and the
-- lines of what banks and cards do to a balance.
-- Wider checks take their places below.
-- squawk-ignore ban-drop-constraint
alter table payments.payment drop constraint payment_states_check;
-- squawk-ignore ban-drop-constraint
alter table payments.payment drop constraint payment_refusal_check;
-- Codes of payments.types.State, every path on which a payment may rest, as rules.PATHS allows (a
-- test compares). Older rows are looked at in payments_0006, in a transaction of its own.
alter table payments.payment add constraint payment_states_check check (states in (
  array[10, 30, 60]::int2[], array[10, 30, 81]::int2[], array[10, 21]::int2[],
  array[10, 22]::int2[], array[10, 21, 30, 81]::int2[], array[10, 22, 30, 81]::int2[],
  array[10, 21, 30, 60]::int2[], array[10, 22, 30, 60]::int2[], array[10, 21, 80]::int2[],
  array[10, 21, 83]::int2[], array[10, 21, 84]::int2[], array[10, 22, 80]::int2[],
  array[10, 22, 83]::int2[], array[10, 22, 84]::int2[], array[10, 30, 60, 70]::int2[],
  array[10, 21, 30, 60, 70]::int2[], array[10, 22, 30, 60, 70]::int2[], array[10, 30, 40]::int2[],
  array[10, 30, 40, 60]::int2[], array[10, 30, 40, 60, 70]::int2[], array[10, 30, 40, 81]::int2[],
  array[10, 30, 40, 82]::int2[], array[10, 30, 40, 83]::int2[], array[10, 30, 40, 41]::int2[],
  array[10, 30, 40, 41, 60]::int2[], array[10, 30, 40, 41, 60, 70]::int2[],
  array[10, 30, 40, 41, 81]::int2[], array[10, 30, 40, 41, 82]::int2[],
  array[10, 30, 40, 41, 83]::int2[], array[10, 21, 30, 40]::int2[],
  array[10, 21, 30, 40, 60]::int2[], array[10, 21, 30, 40, 60, 70]::int2[],
  array[10, 21, 30, 40, 81]::int2[], array[10, 21, 30, 40, 82]::int2[],
  array[10, 21, 30, 40, 83]::int2[], array[10, 21, 30, 40, 41]::int2[],
  array[10, 21, 30, 40, 41, 60]::int2[], array[10, 21, 30, 40, 41, 60, 70]::int2[],
  array[10, 21, 30, 40, 41, 81]::int2[], array[10, 21, 30, 40, 41, 82]::int2[],
  array[10, 21, 30, 40, 41, 83]::int2[], array[10, 22, 30, 40]::int2[],
  array[10, 22, 30, 40, 60]::int2[], array[10, 22, 30, 40, 60, 70]::int2[],
  array[10, 22, 30, 40, 81]::int2[], array[10, 22, 30, 40, 82]::int2[],
  array[10, 22, 30, 40, 83]::int2[], array[10, 22, 30, 40, 41]::int2[],
  array[10, 22, 30, 40, 41, 60]::int2[], array[10, 22, 30, 40, 41, 60, 70]::int2[],
  array[10, 22, 30, 40, 41, 81]::int2[], array[10, 22, 30, 40, 41, 82]::int2[],
  array[10, 22, 30, 40, 41, 83]::int2[])) not valid;
alter table payments.payment add constraint payment_refusal_check check (
  (states[cardinality(states)] in (80, 81, 82)) = (refusal_code is not null)) not valid;
comment on column payments.payment.refusal_code is
  'the code the payer was answered, of a DECLINED, REJECTED or FAILED one';

-- home: the payer's bucket (the payment's id carries it)
create table payments.outside (
  payment_id uuid primary key,
  payer_id uuid not null,
  operation_id uuid not null unique,
  source_id uuid not null,
  kind text not null check (kind in ('bank', 'card')),
  label text not null,
  balance_minor bigint not null check (balance_minor >= 0),
  outside_minor bigint not null check (outside_minor > 0),
  fee_minor bigint not null check (fee_minor >= 0),
  lands_on date,
  ip text not null,
  user_agent text not null,
  since timestamptz not null,
  counted_at timestamptz not null,
  due_at timestamptz,
  closed_at timestamptz,
  check (due_at is null or closed_at is null)
);
create index outside_due on payments.outside (due_at) where due_at is not null;
create index outside_open on payments.outside (since) where closed_at is null;
comment on table payments.outside is 'of a payment that a bank or card pays for: who pays what';
comment on column payments.outside.operation_id is 'the operation at the provider, started or to be';
comment on column payments.outside.source_id is 'the bank or card';
comment on column payments.outside.label is 'its name, as the payer saw it';
comment on column payments.outside.balance_minor is 'minor units from the balance, on hold meanwhile';
comment on column payments.outside.outside_minor is 'minor units from the bank or card';
comment on column payments.outside.fee_minor is 'minor units that the card costs on top';
comment on column payments.outside.lands_on is 'day on which the payee is expected to have it';
comment on column payments.outside.ip is 'address of who asked';
comment on column payments.outside.user_agent is 'program of who asked';
comment on column payments.outside.since is 'time of the payer''s lines of activity';
comment on column payments.outside.counted_at is 'instant at which its limits were counted';
comment on column payments.outside.due_at is 'something has happened at its operation: look, from here on';
comment on column payments.outside.closed_at is 'instant at which it had come to its end';

alter table payments.activity add column fee_minor bigint not null default 0;
alter table payments.activity add column operation_id uuid;
comment on column payments.activity.fee_minor is 'minor units of our fee, within or on top of the amount';
comment on column payments.activity.operation_id is 'of what a bank or card did: the operation there';
comment on column payments.activity.id is
  'the payment; of the part that a bank or card pays, its operation; else the transfer';
comment on column payments.activity.payment_id is
  'of money that came back, or that a bank or card paid: the payment it belongs to; else null';

grant select, insert on payments.outside to quid_app;
grant update (due_at, closed_at) on payments.outside to quid_app;
grant select on payments.outside to quid_recon;
