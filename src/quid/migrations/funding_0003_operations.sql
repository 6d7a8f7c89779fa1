-- What became of operations: money that nobody waits for, claims of card networks, refunds.
alter table funding.operation add column is_abandoned boolean not null default false;
comment on column funding.operation.is_abandoned is 'the payment it was for is over: its money is the payer''s own';

-- home: the operation's bucket
create table funding.chargeback (
  provider int2 not null check (provider in (1, 2)),
  ref text not null,
  operation_id uuid not null,
  user_id uuid not null,
  cents bigint not null check (cents > 0),
  fee bigint not null check (fee >= 0),
  state text not null check (state in ('open', 'won', 'lost')),
  reason text not null default '',
  due_by timestamptz,
  opened_at timestamptz not null,
  closed_at timestamptz,
  primary key (provider, ref),
  check ((state = 'open') = (closed_at is null))
);
create index chargeback_operation on funding.chargeback (operation_id);
comment on table funding.chargeback is 'a claim of a card network that has taken money';
comment on column funding.chargeback.provider is 'code of funding.types.Provider';
comment on column funding.chargeback.ref is 'the claim at the processor';
comment on column funding.chargeback.operation_id is 'the charge it is about';
comment on column funding.chargeback.user_id is 'whose card it is';
comment on column funding.chargeback.cents is 'minor units that were taken';
comment on column funding.chargeback.fee is 'minor units that the network takes besides';
comment on column funding.chargeback.state is 'open, won or lost';
comment on column funding.chargeback.reason is 'as the network calls it';
comment on column funding.chargeback.due_by is 'instant until which evidence is taken';
comment on column funding.chargeback.opened_at is 'instant at which we booked it';
comment on column funding.chargeback.closed_at is 'instant at which we booked its end';

-- Nothing was there before this release: they are built at once.
-- squawk-ignore require-concurrent-index-creation
create index operation_refund on funding.operation (payment_id) where kind = 5;
-- squawk-ignore require-concurrent-index-creation
create index operation_queued on funding.operation (user_id) where state = 11;

grant select, insert, update on funding.chargeback to quid_app;
grant select on funding.chargeback to quid_recon;
