-- Payments that wait (challenge, review), that end without moving, and that are reversed; what may
-- change on a payment from now on.
-- Wider checks take their places below.
-- squawk-ignore ban-drop-constraint
alter table payments.payment drop constraint payment_states_check;
-- squawk-ignore ban-drop-constraint
alter table payments.payment drop constraint payment_check2;
alter table payments.payment add column reversed_minor bigint not null default 0;
-- Codes of payments.types.State. Every path on which a payment may rest, as rules.PATHS allows (a
-- test compares); the two of almost every payment stand first. Older rows are looked at in
-- payments_0004, in a transaction of its own: it reads them all.
alter table payments.payment add constraint payment_states_check check (states in (
  array[10, 30, 60]::int2[], array[10, 30, 81]::int2[],
  array[10, 21]::int2[], array[10, 22]::int2[],
  array[10, 21, 30, 81]::int2[], array[10, 22, 30, 81]::int2[],
  array[10, 21, 30, 60]::int2[], array[10, 22, 30, 60]::int2[],
  array[10, 21, 80]::int2[], array[10, 21, 83]::int2[], array[10, 21, 84]::int2[],
  array[10, 22, 80]::int2[], array[10, 22, 83]::int2[], array[10, 22, 84]::int2[],
  array[10, 30, 60, 70]::int2[], array[10, 21, 30, 60, 70]::int2[],
  array[10, 22, 30, 60, 70]::int2[])) not valid;
alter table payments.payment add constraint payment_refusal_check check (
  (states[cardinality(states)] in (80, 81)) = (refusal_code is not null)) not valid;
alter table payments.payment add constraint payment_reversed_check check (
  reversed_minor between 0 and amount_minor
  and (reversed_minor = amount_minor) = (states[cardinality(states)] = 70)
  and (reversed_minor = 0 or 60 = any (states))) not valid;
comment on column payments.payment.refusal_code is
  'the code the payer was answered, of a DECLINED or REJECTED one';
comment on column payments.payment.reversed_minor is
  'minor units given back by reversals; all of it when REVERSED';

create function payments.keep_history() returns trigger language plpgsql
  set search_path = pg_catalog as $$
declare
  known constant int := cardinality(old.states);
begin
  if new.states[1:known] <> old.states or new.times[1:known] <> old.times
      or new.reversed_minor < old.reversed_minor
      or (new.id, new.payer_id, new.payee_id, new.amount_minor, new.currency, new.note)
        is distinct from
        (old.id, old.payer_id, old.payee_id, old.amount_minor, old.currency, old.note) then
    raise exception 'what a payment was stands: states and times are only added to'
      using errcode = '42501';
  end if;
  return new;
end $$;
revoke all on function payments.keep_history from public;
create trigger payment_history before update on payments.payment
  for each row execute function payments.keep_history();

-- home: the payer's bucket (the payment's id carries it)
create table payments.waiting (
  payment_id uuid primary key,
  payer_id uuid not null,
  state int2 not null check (state in (21, 22)),
  since timestamptz not null,
  until timestamptz not null check (until > since),
  reason text not null,
  methods text[] not null check ((state = 21) = (cardinality(methods) > 0))
);
create index waiting_until on payments.waiting (until);
comment on table payments.waiting is 'one row for each payment that waits, gone when it waits no more';
comment on column payments.waiting.state is 'as the payment: 21 CHALLENGED, 22 IN_REVIEW';
comment on column payments.waiting.since is 'instant from which it waits';
comment on column payments.waiting.until is 'instant at which it expires and the money is free again';
comment on column payments.waiting.reason is 'what the payer is told: code of risk.types.Reason';
comment on column payments.waiting.methods is 'how the payer may prove a challenge';

-- home: the payer's bucket (the id carries it)
create table payments.reversal (
  id uuid primary key,
  payment_id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  at timestamptz not null,
  reason text not null check (reason in ('mistake', 'fraud', 'dispute')),
  approval_id uuid not null unique
);
create index reversal_payment on payments.reversal (payment_id);
comment on table payments.reversal is 'what two operators took back of a payment; only added to';
comment on column payments.reversal.id is 'the transfer that took it back';
comment on column payments.reversal.amount_minor is 'minor units of the payment''s currency';
comment on column payments.reversal.reason is 'the class of reason that both people are told';
comment on column payments.reversal.approval_id is 'kit.approval: who asked, who approved, and why';

alter table payments.activity add column payment_id uuid;
comment on column payments.activity.id is
  'the payment or the deposit; of money that came back, the transfer';
comment on column payments.activity.payment_id is
  'of money that came back: the payment it belongs to; else null';

grant update (states, times, refusal_code, reversed_minor, payer_visibility, payee_visibility,
  payer_show_amount, payee_show_amount) on payments.payment to quid_app;
grant update (state) on payments.activity to quid_app;
grant select, insert, delete on payments.waiting to quid_app;
grant select, insert on payments.reversal to quid_app;
grant select on payments.waiting, payments.reversal to quid_recon;
