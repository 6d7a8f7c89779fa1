-- Banks and cards that people have linked, and the operations at providers that use them.
create schema funding;
grant usage on schema funding to quid_app, quid_recon;

-- home: the owner's bucket (the id carries it)
create table funding.source (
  id uuid primary key,
  user_id uuid not null,
  kind int2 not null check (kind in (1, 2, 3)),
  state int2 not null check (state in (10, 20, 21, 30, 40, 80, 81, 82, 90)),
  is_default boolean not null default false,
  provider int2 not null check (provider in (1, 2)),
  item_ref text,
  account_ref text,
  customer_ref text,
  method_ref text,
  token bytea,
  institution text not null default '',
  name text not null default '',
  last4 text not null default '' check (char_length(last4) <= 4),
  account_type text check (account_type in ('checking', 'savings')),
  exp_month int2 check (exp_month between 1 and 12),
  exp_year int2 check (exp_year between 2000 and 2199),
  verify_method text check (verify_method in ('instant', 'instant_match', 'automated',
    'same_day', 'instant_micro', 'database', 'typed')),
  tries_left int2 check (tries_left >= 0),
  verify_until timestamptz,
  amounts bytea,
  can_pull boolean not null default false,
  can_push boolean not null default false,
  rtp_push boolean not null default false,
  is_tokenized boolean not null default false,
  owner_score int2 check (owner_score between 0 and 100),
  fingerprint bytea check (octet_length(fingerprint) = 16),
  disabled_code text,
  created_at timestamptz not null,
  verified_at timestamptz,
  changed_at timestamptz not null,
  version int4 not null default 1,
  -- Only what can be used can be the one that is used by itself.
  check (not is_default or state in (30, 40))
);
create unique index source_default on funding.source (user_id, (kind = 1)) where is_default;
create index source_owner on funding.source (user_id, created_at);
create index source_item on funding.source (provider, item_ref) where item_ref is not null;
create index source_fingerprint on funding.source (fingerprint) where state < 80;
comment on table funding.source is 'a linked bank account or card; no number, only names of it';
comment on column funding.source.kind is 'code of funding.types.SourceKind';
comment on column funding.source.state is 'code of funding.types.SourceState';
comment on column funding.source.is_default is 'used where none is named: one bank and one card';
comment on column funding.source.provider is 'code of funding.types.Provider';
comment on column funding.source.item_ref is 'the sign-in at the bank, as the provider names it';
comment on column funding.source.account_ref is 'the account within it';
comment on column funding.source.customer_ref is 'the customer at the card processor';
comment on column funding.source.method_ref is 'the card there';
comment on column funding.source.token is 'sealed: the key to the item';
comment on column funding.source.institution is 'bank, or brand of the card';
comment on column funding.source.name is 'what the bank calls the account';
comment on column funding.source.last4 is 'last digits';
comment on column funding.source.account_type is 'of a bank account';
comment on column funding.source.exp_month is 'of a card';
comment on column funding.source.exp_year is 'of a card';
comment on column funding.source.verify_method is 'how it was, or is being, proven';
comment on column funding.source.tries_left is 'of a typed account: tries of both amounts';
comment on column funding.source.verify_until is 'instant at which proving it is too late';
comment on column funding.source.amounts is 'sealed: the two amounts that were sent';
comment on column funding.source.can_pull is 'money may be taken from it';
comment on column funding.source.can_push is 'money may be sent to it';
comment on column funding.source.rtp_push is 'money sent to it arrives in seconds';
comment on column funding.source.is_tokenized is 'its numbers are a stand-in of the bank';
comment on column funding.source.owner_score is '0 to 100, how well its owner matches; null = not asked';
comment on column funding.source.fingerprint is 'keyed hash that finds the same account or card again';
comment on column funding.source.disabled_code is 'why it is DISABLED: a return code or a reason';
comment on column funding.source.created_at is 'instant of linking';
comment on column funding.source.verified_at is 'instant from which it can be used';
comment on column funding.source.changed_at is 'instant of the last change';
comment on column funding.source.version is 'grows with each change; guards against a lost one';

-- home: the owner's bucket (the id carries it)
create table funding.operation (
  id uuid primary key,
  kind int2 not null check (kind between 1 and 6),
  purpose int2 not null check (purpose in (1, 2)),
  payment_id uuid,
  user_id uuid not null,
  source_id uuid not null,
  provider int2 not null check (provider in (1, 2)),
  network text not null check (network in ('ach', 'same-day-ach', 'rtp', 'card')),
  cents bigint not null check (cents > 0),
  fee bigint not null check (fee >= 0),
  net bigint not null check (net > 0),
  currency char(3) not null,
  state int2 not null check (state in (10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 30, 40, 41, 42, 50,
    60, 61, 62, 63, 64, 90, 91, 92, 93, 94)),
  unsure_since timestamptz,
  authorization_ref text,
  provider_ref text,
  action_url text,
  may_advance boolean not null default false,
  is_advanced boolean not null default false,
  is_released boolean not null default false,
  refunded_minor bigint not null default 0 check (refunded_minor >= 0),
  settle_on date,
  available_on date,
  standard_return_until timestamptz,
  unauthorized_return_until timestamptz,
  failure_code text,
  deadline timestamptz not null,
  next_at timestamptz,
  attempts int4 not null default 0,
  counted_at timestamptz,
  ip text not null default '',
  user_agent text not null default '',
  created_at timestamptz not null,
  changed_at timestamptz not null,
  version int4 not null default 1,
  unique (provider, provider_ref),
  check ((purpose = 2) = (payment_id is not null))
) with (fillfactor = 80);
create unique index operation_payment on funding.operation (payment_id)
  where payment_id is not null and kind in (1, 4);
create index operation_due on funding.operation (next_at) where next_at is not null;
create index operation_owner on funding.operation (user_id, created_at desc, id desc);
create index operation_source on funding.operation (source_id) where state < 40;
comment on table funding.operation is 'one movement at a provider that somebody asked for';
comment on column funding.operation.kind is 'code of funding.types.OpKind';
comment on column funding.operation.purpose is 'code of funding.types.Purpose';
comment on column funding.operation.payment_id is 'the payment that waits for it';
comment on column funding.operation.source_id is 'from or to which bank or card';
comment on column funding.operation.provider is 'code of funding.types.Provider';
comment on column funding.operation.network is 'on which rail';
comment on column funding.operation.cents is 'minor units that were asked for';
comment on column funding.operation.fee is 'minor units: of a withdrawal out of cents, of a card on top';
comment on column funding.operation.net is 'minor units that move at the provider';
comment on column funding.operation.state is 'code of funding.types.OpState';
comment on column funding.operation.unsure_since is 'since when a call may or may not have happened';
comment on column funding.operation.authorization_ref is 'the decision at the provider';
comment on column funding.operation.provider_ref is 'the movement at the provider';
comment on column funding.operation.action_url is 'the page its owner must open';
comment on column funding.operation.may_advance is 'risk lets us credit it before it settles';
comment on column funding.operation.is_advanced is 'the wallet was credited before it settled';
comment on column funding.operation.is_released is 'its money has gone where it was meant to';
comment on column funding.operation.refunded_minor is 'minor units that went back to the card';
comment on column funding.operation.settle_on is 'day on which it settles, as the provider says';
comment on column funding.operation.available_on is 'day on which we can use it';
comment on column funding.operation.standard_return_until is 'end of the standard return window';
comment on column funding.operation.unauthorized_return_until is 'end of the unauthorized window';
comment on column funding.operation.failure_code is 'the provider''s, or the network''s return code';
comment on column funding.operation.deadline is 'instant after which it is not begun any more';
comment on column funding.operation.next_at is 'instant at which the sweeper looks at it; null = at rest';
comment on column funding.operation.attempts is 'tries of the present step';
comment on column funding.operation.counted_at is 'instant at which its limit was counted';
comment on column funding.operation.ip is 'address of who asked';
comment on column funding.operation.user_agent is 'program of who asked';
comment on column funding.operation.version is 'grows with each change; guards against a lost one';

-- home: the operation's bucket
create table funding.operation_event (
  operation_id uuid not null,
  n int4 not null check (n > 0),
  state int2 not null,
  at timestamptz not null,
  cause text not null,
  primary key (operation_id, n)
);
comment on table funding.operation_event is 'every state an operation came to; only added to';
comment on column funding.operation_event.state is 'code of funding.types.OpState';
comment on column funding.operation_event.at is 'instant of the move';
comment on column funding.operation_event.cause is 'who or what moved it: a call, an event, an operator';

-- home: the operation's bucket
create table funding.call (
  operation_id uuid not null,
  step text not null,
  key text not null check (char_length(key) <= 50),
  sent_at timestamptz not null,
  outcome text check (outcome in ('done', 'declined', 'not_done', 'unknown')),
  code text,
  done_at timestamptz,
  primary key (operation_id, step)
);
comment on table funding.call is 'the intent of a call, written before it is made';
comment on column funding.call.step is 'authorize, submit, prepare, confirm, refund, cancel';
comment on column funding.call.key is 'the provider''s idempotency key: the operation and the step';
comment on column funding.call.sent_at is 'instant of the first try';
comment on column funding.call.outcome is 'what is known of it; null = it is being made';
comment on column funding.call.code is 'the provider''s code';
comment on column funding.call.done_at is 'instant at which that was known';

grant select, insert, update on funding.source to quid_app;
grant select, insert, update on funding.operation to quid_app;
grant select, insert on funding.operation_event to quid_app;
grant select, insert, update on funding.call to quid_app;
grant select on funding.source, funding.operation, funding.operation_event, funding.call
  to quid_recon;
