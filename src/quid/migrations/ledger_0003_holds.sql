-- Groups, holds and reversals: what is set aside, what is undone, and which codes may do it.
set local role quid_ledger_owner;

-- home: shard, by the bucket in the id. Written under the locks of its two accounts.
create table ledger.hold (
  id uuid primary key,
  account_id bigint not null,
  reserved_id bigint not null,
  amount bigint not null,
  captured bigint not null default 0,
  released bigint not null default 0,
  state int2 not null default 1 check (state between 1 and 4),
  purpose int2 not null,
  meters int not null default 0,
  cause_id uuid,
  placed_at timestamptz not null,
  expires_at timestamptz,
  closed_at timestamptz,
  check (captured >= 0 and released >= 0 and captured + released <= amount),
  check ((closed_at is null) = (state = 1) and (state = 1) = (captured + released < amount))
) with (fillfactor = 70);
create index on ledger.hold (expires_at) where closed_at is null;
create index on ledger.hold (account_id) where closed_at is null;
create index on ledger.hold (reserved_id) where closed_at is null;
comment on table ledger.hold is 'money set aside: what is left of each transfer from a wallet to its reserved account';
comment on column ledger.hold.id is 'the transfer that placed it';
comment on column ledger.hold.account_id is 'wallet it was taken from, and goes back to';
comment on column ledger.hold.reserved_id is 'account that holds it, of the same owner';
comment on column ledger.hold.amount is 'minor units set aside';
comment on column ledger.hold.captured is 'minor units paid from it';
comment on column ledger.hold.released is 'minor units given back';
comment on column ledger.hold.state is '1 open, 2 captured, 3 released, 4 expired';
comment on column ledger.hold.purpose is 'why, as quid.ledger.types.Purpose';
comment on column ledger.hold.meters is 'bit n: it counts on meter n of the wallet, to be given back with what is released';
comment on column ledger.hold.cause_id is 'business object; null = the id itself';
comment on column ledger.hold.placed_at is 'when it was placed: the slot it counts in';
comment on column ledger.hold.expires_at is 'when it can no longer be captured; null = never';
comment on column ledger.hold.closed_at is 'when nothing was left of it';

-- home: shard, by the bucket in the id. Written under the locks of the accounts concerned.
create table ledger.reversed (
  id uuid primary key,
  amount bigint not null check (amount > 0)
);
comment on table ledger.reversed is 'how much of a transfer is undone';
comment on column ledger.reversed.id is 'the transfer';
comment on column ledger.reversed.amount is 'minor units undone by all its reversals';

-- What acts on a hold or on a transfer is found by it. Plain payments have no place in this index,
-- so making it is one pass over the journal that writes nothing.
-- squawk-ignore require-concurrent-index-creation
create index on ledger.journal (source_id) where source_id is not null;

alter table ledger.refusal add column group_id uuid;
alter table ledger.refusal add column expires_at timestamptz;
alter table ledger.refusal add column purpose int2;
comment on column ledger.refusal.group_id is 'first transfer of its group; null = alone';
comment on column ledger.refusal.expires_at is 'end of the hold it was to place';
comment on column ledger.refusal.purpose is 'purpose of the hold it was to place';

alter table ledger.code_rule add column act int2 not null default 0;
alter table ledger.code_rule add column passes int2 not null default 0;
comment on column ledger.code_rule.act is 'what the transfer must do: 0 move, 4 place a hold, 8 capture, 16 release, 32 reverse';
comment on column ledger.code_rule.passes is 'flags of accounts that do not stop it: bits 1 and 2';
-- What is set aside begins with a hold, never with an opening.
delete from ledger.code_rule where code = 81 and 202 in (debit_kind, credit_kind);
insert into ledger.code_rule (code, debit_kind, credit_kind, act, passes) values
  (1, 202, 201, 8, 0), (10, 201, 202, 4, 0), (11, 202, 201, 16, 3), (12, 202, 201, 16, 3),
  (30, 202, 210, 8, 0), (60, 202, 230, 8, 0), (70, 101, 501, 32, 3), (70, 102, 501, 32, 3),
  (70, 110, 501, 32, 3), (70, 111, 501, 32, 3), (70, 112, 501, 32, 3), (70, 120, 501, 32, 3),
  (70, 121, 501, 32, 3), (70, 122, 501, 32, 3), (70, 123, 501, 32, 3), (70, 201, 201, 32, 3),
  (70, 201, 501, 32, 3), (70, 203, 501, 32, 3), (70, 204, 501, 32, 3), (70, 210, 201, 32, 3),
  (70, 210, 501, 32, 3), (70, 220, 501, 32, 3), (70, 230, 501, 32, 3), (70, 301, 501, 32, 3),
  (70, 302, 501, 32, 3), (70, 401, 501, 32, 3), (70, 402, 501, 32, 3), (70, 403, 501, 32, 3),
  (70, 404, 501, 32, 3), (70, 501, 101, 32, 3), (70, 501, 102, 32, 3), (70, 501, 110, 32, 3),
  (70, 501, 111, 32, 3), (70, 501, 112, 32, 3), (70, 501, 120, 32, 3), (70, 501, 121, 32, 3),
  (70, 501, 122, 32, 3), (70, 501, 123, 32, 3), (70, 501, 201, 32, 3), (70, 501, 203, 32, 3),
  (70, 501, 204, 32, 3), (70, 501, 210, 32, 3), (70, 501, 220, 32, 3), (70, 501, 230, 32, 3),
  (70, 501, 301, 32, 3), (70, 501, 302, 32, 3), (70, 501, 401, 32, 3), (70, 501, 402, 32, 3),
  (70, 501, 403, 32, 3), (70, 501, 404, 32, 3), (70, 501, 501, 32, 3);
grant select on ledger.hold, ledger.reversed to quid_app, quid_recon;
reset role;
