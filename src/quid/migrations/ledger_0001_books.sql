-- The books: accounts, the journal, what was refused, the chain. Money is in minor units.
-- quid_ledger_owner owns everything here; the application may read and call functions, no more.
create schema ledger authorization quid_ledger_owner;
set local role quid_ledger_owner;
grant usage on schema ledger to quid_app, quid_recon;

-- home: shard. Written by migration from quid.ledger.rules; a test compares the two.
create table ledger.chart (
  kind int2 primary key,
  name text not null unique,
  sign int2 not null check (sign in (-1, 1)),
  floor bigint,
  ceil bigint
);
comment on table ledger.chart is 'chart of accounts: one row per kind';
comment on column ledger.chart.kind is 'number of the kind: 1xx assets, 2xx liabilities, 3xx income, 4xx expenses, 5xx equity';
comment on column ledger.chart.name is 'name of the kind';
comment on column ledger.chart.sign is '1: normally in credit (liabilities, income, equity); -1: normally in debit';
comment on column ledger.chart.floor is 'lowest net a new account may reach by a debit, minor units; null = none';
comment on column ledger.chart.ceil is 'highest net a new account may reach by a credit, minor units; null = none';

create table ledger.code_rule (
  code int2 not null,
  debit_kind int2 not null references ledger.chart,
  credit_kind int2 not null references ledger.chart,
  primary key (code, debit_kind, credit_kind)
);
comment on table ledger.code_rule is 'the only legal pairs: a transfer of this code from this kind to that one';
comment on column ledger.code_rule.code is 'what a transfer is';
comment on column ledger.code_rule.debit_kind is 'kind of the account debited';
comment on column ledger.code_rule.credit_kind is 'kind of the account credited';

-- home: shard, by the bucket in the id. No index on a changing column: every update is HOT.
-- Each CHECK runs at every posting, so only those stand here that guard money.
create table ledger.account (
  id bigint primary key,
  owner uuid,
  kind int2 not null references ledger.chart,
  currency char(3) not null,
  part int2 not null default 0,
  bucket int2 not null check (bucket = id >> 40),
  flags int2 not null default 0,
  floor bigint,
  ceil bigint,
  debits bigint not null default 0,
  credits bigint not null default 0,
  seq bigint not null default 0,
  changed_at timestamptz not null,
  unique nulls not distinct (bucket, owner, kind, currency, part),
  check (kind not between 201 and 204 or credits >= debits)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01);
comment on table ledger.account is 'accounts with their running counters; only the posting function changes them';
comment on column ledger.account.id is 'bucket * 2^40 + 40 random bits: below 2^50, safe in JSON';
comment on column ledger.account.owner is 'opaque id of the owner; null = the house';
comment on column ledger.account.kind is 'row of the chart';
comment on column ledger.account.currency is 'ISO 4217';
comment on column ledger.account.part is 'provider, where the chart says per provider; else 0';
comment on column ledger.account.bucket is 'home of the owner, 0 to 1023';
comment on column ledger.account.flags is 'bits: 1 no debits, 2 frozen, 4 closed';
comment on column ledger.account.floor is 'a debit may not take net below this, minor units; null = none';
comment on column ledger.account.ceil is 'a credit may not take net above this, minor units; null = none';
comment on column ledger.account.debits is 'sum of all debit legs, minor units';
comment on column ledger.account.credits is 'sum of all credit legs, minor units';
comment on column ledger.account.seq is 'number of legs: the last sequence given';
comment on column ledger.account.changed_at is 'instant of the last leg, or of the opening';

-- home: shard, by the bucket in the id. Order of columns: wide ones first, no padding.
create table ledger.journal (
  id uuid not null,
  debit_id bigint not null,
  debit_seq bigint not null,
  debit_after bigint not null,
  credit_id bigint not null,
  credit_seq bigint not null,
  credit_after bigint not null,
  amount bigint not null check (amount > 0),
  recorded_at timestamptz not null,
  block_no bigint not null,
  lane int2 not null,
  code int2 not null,
  currency char(3) not null,
  flags int2 not null,
  asked bigint,
  group_id uuid,
  cause_id uuid,
  source_id uuid,
  effective_at timestamptz,
  primary key (id),
  check (debit_id <> credit_id)
) partition by range (id);
create index on ledger.journal (debit_id, debit_seq);
create index on ledger.journal (credit_id, credit_seq);
create index on ledger.journal using brin (recorded_at);
comment on table ledger.journal is 'one immutable row per transfer, holding both legs; a partition per month of the id';
comment on column ledger.journal.id is 'id given by the caller: the same id never moves money twice';
comment on column ledger.journal.debit_id is 'account debited';
comment on column ledger.journal.debit_seq is 'sequence of this leg in the debited account';
comment on column ledger.journal.debit_after is 'net of the debited account after this leg, minor units';
comment on column ledger.journal.credit_id is 'account credited';
comment on column ledger.journal.credit_seq is 'sequence of this leg in the credited account';
comment on column ledger.journal.credit_after is 'net of the credited account after this leg, minor units';
comment on column ledger.journal.amount is 'minor units moved';
comment on column ledger.journal.recorded_at is 'instant of posting; never runs backwards within an account or a lane';
comment on column ledger.journal.block_no is 'block of the lane that holds this row';
comment on column ledger.journal.lane is 'chain that holds this row';
comment on column ledger.journal.code is 'what the transfer is';
comment on column ledger.journal.currency is 'ISO 4217, of both accounts';
comment on column ledger.journal.flags is 'bits of the request; 0 for a plain transfer';
comment on column ledger.journal.asked is 'minor units asked for; null = the amount';
comment on column ledger.journal.group_id is 'first transfer of its group; null = alone';
comment on column ledger.journal.cause_id is 'business object (payment, deposit, case); null = the id itself';
comment on column ledger.journal.source_id is 'hold or original this row acts on; null = none';
comment on column ledger.journal.effective_at is 'instant it counts from; null = recorded_at';

-- home: shard, by the bucket in the id
create table ledger.refusal (
  id uuid not null,
  debit_id bigint not null,
  credit_id bigint not null,
  asked bigint not null,
  at timestamptz not null,
  result int2 not null,
  code int2 not null,
  flags int2 not null,
  cause_id uuid,
  source_id uuid,
  effective_at timestamptz,
  tag text,
  used bigint,
  resets_at timestamptz,
  primary key (id)
) partition by range (id);
comment on table ledger.refusal is 'refusals that depended on state: a retry can never turn a "no" into a "yes"';
comment on column ledger.refusal.id is 'id of the refused transfer';
comment on column ledger.refusal.debit_id is 'account that was to be debited';
comment on column ledger.refusal.credit_id is 'account that was to be credited';
comment on column ledger.refusal.asked is 'minor units asked for';
comment on column ledger.refusal.at is 'instant of the refusal';
comment on column ledger.refusal.result is 'why, as quid.ledger.types.Result';
comment on column ledger.refusal.code is 'what the transfer was to be';
comment on column ledger.refusal.flags is 'bits of the request';
comment on column ledger.refusal.cause_id is 'business object; null = the id itself';
comment on column ledger.refusal.source_id is 'hold or original it was to act on';
comment on column ledger.refusal.effective_at is 'instant it was to count from';
comment on column ledger.refusal.tag is 'limit that refused it, as the caller named it';
comment on column ledger.refusal.used is 'what that limit had counted, minor units';
comment on column ledger.refusal.resets_at is 'when the oldest part of that count ends';

-- home: shard
create table ledger.meter (
  id int2 primary key,
  name text not null unique,
  slot_seconds int not null check (slot_seconds > 0),
  slots int not null check (slots > 1)
);
comment on table ledger.meter is 'rolling windows that limits are counted in; a window rounds up to whole slots';
comment on column ledger.meter.id is 'number of the meter';
comment on column ledger.meter.name is 'name of the meter';
comment on column ledger.meter.slot_seconds is 'length of one slot, seconds';
comment on column ledger.meter.slots is 'slots that count, the current one included';
insert into ledger.meter (id, name, slot_seconds, slots) values
  (1, 'send_24h', 3600, 25),
  (2, 'send_7d', 21600, 29);

-- home: shard, by the account's bucket
create table ledger.usage (
  account_id bigint not null,
  meter int2 not null references ledger.meter,
  slot int not null,
  amount bigint not null,
  n int not null,
  primary key (account_id, meter, slot)
) with (fillfactor = 70);
comment on table ledger.usage is 'what each account has used of each meter, per slot; guarded by the account''s row lock';
comment on column ledger.usage.account_id is 'account that is counted';
comment on column ledger.usage.meter is 'window it is counted in';
comment on column ledger.usage.slot is 'seconds since 1970 divided by the slot''s length';
comment on column ledger.usage.amount is 'minor units counted in this slot';
comment on column ledger.usage.n is 'transfers counted in this slot';

-- home: shard
create table ledger.lane (
  lane int2 primary key check (lane between 0 and 1023),
  block_no bigint not null,
  head bytea not null,
  last_at timestamptz not null
) with (fillfactor = 20);
comment on table ledger.lane is 'the head of each hash chain; one writer at a time by its row lock';
comment on column ledger.lane.lane is 'number of the chain; 0 is shared by pooled transactions';
comment on column ledger.lane.block_no is 'last block written; 0 = none yet';
comment on column ledger.lane.head is 'hash of that block, SHA-256';
comment on column ledger.lane.last_at is 'instant of that block';

create table ledger.block (
  lane int2 not null,
  no bigint not null,
  at timestamptz not null,
  ids uuid[] not null,
  row_hashes bytea not null,
  hash bytea not null,
  primary key (lane, no, at)
) partition by range (at);
-- Random bytes do not compress: trying costs CPU on every payment.
alter table ledger.block alter column ids set storage external;
alter table ledger.block alter column row_hashes set storage external;
comment on table ledger.block is 'one block per posting call, chained within its lane; a partition per month';
comment on column ledger.block.lane is 'chain';
comment on column ledger.block.no is 'number in the chain, from 1 without a gap';
comment on column ledger.block.at is 'recorded_at of its rows';
comment on column ledger.block.ids is 'transfers of the block, in order';
comment on column ledger.block.row_hashes is 'SHA-256 of each row, 32 bytes each, in the same order: names the row that was changed';
comment on column ledger.block.hash is 'SHA-256 of previous hash, block number and row hashes';

create table ledger.account_event (
  id bigint generated always as identity primary key,
  account_id bigint not null,
  at timestamptz not null,
  what text not null check (what in ('opened', 'flags')),
  flags int2 not null,
  floor bigint,
  ceil bigint,
  actor text not null
);
create index on ledger.account_event (account_id, id);
comment on table ledger.account_event is 'history of everything about an account that is not money; appended only';
comment on column ledger.account_event.id is 'order of events';
comment on column ledger.account_event.account_id is 'account';
comment on column ledger.account_event.at is 'when';
comment on column ledger.account_event.what is 'what happened';
comment on column ledger.account_event.flags is 'flags after it';
comment on column ledger.account_event.floor is 'floor after it, minor units';
comment on column ledger.account_event.ceil is 'ceiling after it, minor units';
comment on column ledger.account_event.actor is 'id of who did it, or the part of the system';

create table ledger.calendar (
  one boolean primary key default true check (one),
  first_day date,
  end_day date,
  first_id uuid,
  end_id uuid,
  clock_ahead interval not null default '0'
);
comment on table ledger.calendar is 'one row: the span that has partitions, and the clock''s offset';
comment on column ledger.calendar.one is 'there is one row';
comment on column ledger.calendar.first_day is 'first day with a partition';
comment on column ledger.calendar.end_day is 'first day without one';
comment on column ledger.calendar.first_id is 'lowest id that has a partition';
comment on column ledger.calendar.end_id is 'first id that has none';
comment on column ledger.calendar.clock_ahead is 'added to the database clock: tests and demo data only, zero where money is real';
insert into ledger.calendar default values;

-- home: shard. Written by reconciliation.
create table ledger.day_balance (
  account_id bigint not null,
  day date not null,
  debits bigint not null,
  credits bigint not null,
  seq bigint not null,
  primary key (account_id, day)
);
comment on table ledger.day_balance is 'counters of an account at the end of a UTC day on which it moved';
comment on column ledger.day_balance.account_id is 'account';
comment on column ledger.day_balance.day is 'UTC day, ended';
comment on column ledger.day_balance.debits is 'sum of its debit legs from the beginning, minor units';
comment on column ledger.day_balance.credits is 'sum of its credit legs from the beginning, minor units';
comment on column ledger.day_balance.seq is 'its last sequence of that day';

create table ledger.recon_run (
  id uuid primary key,
  started_at timestamptz not null,
  ended_at timestamptz,
  scope text not null,
  accounts bigint not null default 0,
  transfers bigint not null default 0,
  blocks bigint not null default 0,
  findings int not null default 0
);
comment on table ledger.recon_run is 'one row per reconciliation';
comment on column ledger.recon_run.id is 'run';
comment on column ledger.recon_run.started_at is 'when it began';
comment on column ledger.recon_run.ended_at is 'when it ended; null = running, or it could not run';
comment on column ledger.recon_run.scope is 'what was checked: all, or one account';
comment on column ledger.recon_run.accounts is 'accounts checked';
comment on column ledger.recon_run.transfers is 'transfers checked';
comment on column ledger.recon_run.blocks is 'blocks checked';
comment on column ledger.recon_run.findings is 'differences found; zero is expected';

create table ledger.recon_finding (
  id uuid primary key,
  run_id uuid not null references ledger.recon_run,
  "check" text not null,
  severity text not null check (severity in ('warning', 'page')),
  account_id bigint,
  owner uuid,
  calculated bigint,
  actual bigint,
  place text not null,
  at timestamptz not null
);
create index on ledger.recon_finding (run_id);
comment on table ledger.recon_finding is 'one row per difference; nothing is repaired by itself';
comment on column ledger.recon_finding.id is 'finding';
comment on column ledger.recon_finding.run_id is 'run that found it';
comment on column ledger.recon_finding."check" is 'R1 to R9';
comment on column ledger.recon_finding.severity is 'page, or warning for a difference of one minor unit';
comment on column ledger.recon_finding.account_id is 'account concerned; null = none or many';
comment on column ledger.recon_finding.owner is 'its owner';
comment on column ledger.recon_finding.calculated is 'what the rows say, minor units or count';
comment on column ledger.recon_finding.actual is 'what the books hold';
comment on column ledger.recon_finding.place is 'where, in words';
comment on column ledger.recon_finding.at is 'when it was found';

-- Two rows per transfer: the entries that double entry asks for.
-- union all lets a filter on account_id use the index of either leg.
create view ledger.entries as
  select j.id as transfer_id, 'debit'::text as side, j.debit_id as account_id, a.owner, a.kind,
    j.currency, j.amount, j.debit_seq as seq, j.debit_after * c.sign as balance_after,
    j.recorded_at, coalesce(j.effective_at, j.recorded_at) as effective_at, j.code,
    coalesce(j.cause_id, j.id) as cause_id, j.source_id, j.credit_id as other_id
  from ledger.journal j
  join ledger.account a on a.id = j.debit_id
  join ledger.chart c on c.kind = a.kind
  union all
  select j.id, 'credit', j.credit_id, a.owner, a.kind,
    j.currency, j.amount, j.credit_seq, j.credit_after * c.sign,
    j.recorded_at, coalesce(j.effective_at, j.recorded_at), j.code,
    coalesce(j.cause_id, j.id), j.source_id, j.debit_id
  from ledger.journal j
  join ledger.account a on a.id = j.credit_id
  join ledger.chart c on c.kind = a.kind;
comment on view ledger.entries is 'debit and credit of every transfer; balance_after on the account''s normal side';

-- The journal is immutable even for its owner. (A superuser can switch triggers off: the chain
-- then tells.) Triggers on rows reach the partitions; those on TRUNCATE do not, so
-- ledger.ensure_partitions puts one on each.
create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%.% is append-only: correct it with a new transfer', tg_table_schema, tg_table_name
    using errcode = '42501';
end $$;
do $$
declare t text;
begin
  foreach t in array array['journal', 'refusal', 'block', 'account_event'] loop
    execute format('create trigger immutable before update or delete on ledger.%I '
      'for each row execute function ledger.refuse_change()', t);
    execute format('create trigger no_truncate before truncate on ledger.%I '
      'for each statement execute function ledger.refuse_change()', t);
  end loop;
end $$;

-- First and lowest id of a UTC day.
create function ledger.first_id_of(p_day date) returns uuid language sql immutable
set search_path = pg_catalog
return (lpad(to_hex((extract(epoch from p_day::timestamp) * 1000)::bigint), 12, '0')
  || repeat('0', 20))::uuid;

-- Make the monthly partitions from the month of p_from to p_months after it, without a hole to
-- those that are there. Each is made as a plain table, then attached: "partition of" would wait
-- for, and block, every payment.
create function ledger.ensure_partitions(p_from date, p_months int) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  month date;
  next date;
  stop date;
  name text;
  made int := 0;
  parent text;
begin
  perform pg_advisory_xact_lock(82, 1);   -- two makers at once would collide (81 is the lanes')
  select least(date_trunc('month', p_from)::date, first_day),
    greatest((date_trunc('month', p_from) + make_interval(months => p_months + 1))::date, end_day)
    into month, stop from ledger.calendar;
  while month < stop loop
    next := (month + interval '1 month')::date;
    foreach parent in array array['journal', 'refusal', 'block'] loop
      name := parent || '_' || to_char(month, 'YYYYMM');
      continue when to_regclass('ledger.' || name) is not null;
      execute format('create table ledger.%I (like ledger.%I including all)', name, parent);
      execute format('create trigger no_truncate before truncate on ledger.%I '
        'for each statement execute function ledger.refuse_change()', name);
      execute format('grant select on ledger.%I to quid_app, quid_recon', name);
      if parent = 'block' then
        execute format('alter table ledger.block attach partition ledger.%I for values from (%L) to (%L)',
          name, month::timestamp at time zone 'UTC', next::timestamp at time zone 'UTC');
      else
        execute format('alter table ledger.%I attach partition ledger.%I for values from (%L) to (%L)',
          parent, name, ledger.first_id_of(month), ledger.first_id_of(next));
      end if;
      made := made + 1;
    end loop;
    month := next;
  end loop;
  update ledger.calendar set
    first_day = least(first_day, date_trunc('month', p_from)::date), end_day = stop,
    first_id = ledger.first_id_of(least(first_day, date_trunc('month', p_from)::date)),
    end_id = ledger.first_id_of(stop);
  return made;
end $$;
comment on function ledger.ensure_partitions is 'make monthly partitions; gives the number made';

grant select on all tables in schema ledger to quid_app, quid_recon;
grant insert, update on ledger.day_balance, ledger.recon_run to quid_recon;
grant insert on ledger.recon_finding to quid_recon;
revoke all on all functions in schema ledger from public;
grant execute on function ledger.ensure_partitions to quid_app;
select ledger.ensure_partitions((now() at time zone 'UTC')::date - 1, 4);
reset role;
