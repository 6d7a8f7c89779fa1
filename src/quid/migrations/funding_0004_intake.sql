-- What providers tell us: webhooks as they came, events as they were pulled, how far we have read,
-- where their books and ours differ, and the switch of each kind of call.

-- home: global. What a provider sends has no owner yet.
create table funding.inbox (
  id uuid primary key,
  provider int2 not null check (provider in (1, 2)),
  dedupe_key text not null check (char_length(dedupe_key) between 1 and 200),
  kind text not null,
  topic text not null check (topic in ('transfers', 'item', 'session', 'charge', 'other')),
  object_ref text,
  is_live boolean not null,
  raw bytea not null check (octet_length(raw) <= 262144),
  received_at timestamptz not null,
  answered_at timestamptz,
  next_at timestamptz not null,
  tries int4 not null default 0,
  reason text,
  unique (provider, dedupe_key)
);
create index inbox_open on funding.inbox (provider, id) where answered_at is null;
comment on table funding.inbox is 'verified webhooks as they came; each rings once. Kept 90 days';
comment on column funding.inbox.provider is 'code of funding.types.Provider';
comment on column funding.inbox.dedupe_key is 'what tells equal ones: by the provider''s scheme';
comment on column funding.inbox.kind is 'the provider''s word for it';
comment on column funding.inbox.topic is 'where to look: as funding.ports.Doorbell';
comment on column funding.inbox.object_ref is 'what to look at, as the provider names it';
comment on column funding.inbox.is_live is 'of the real environment, not of a test one';
comment on column funding.inbox.raw is 'the signed bytes';
comment on column funding.inbox.answered_at is 'instant at which we had looked; null = not yet';
comment on column funding.inbox.next_at is 'not looked at before';
comment on column funding.inbox.tries is 'looks that failed';
comment on column funding.inbox.reason is 'why the last look failed, or why it was left alone';

-- home: global. Its operation, where it has one, lives in its owner's bucket.
create table funding.event (
  id uuid primary key,
  provider int2 not null check (provider in (1, 2)),
  event_id text not null check (char_length(event_id) between 1 and 200),
  kind text not null,
  object_ref text,
  status text,
  cents bigint,
  failure text,
  raw bytea not null,
  at timestamptz not null,
  received_at timestamptz not null,
  state int2 not null check (state in (10, 20, 30, 40, 41)),
  operation_id uuid,
  reason text,
  done_at timestamptz,
  paged_at timestamptz,
  unique (provider, event_id)
) with (fillfactor = 80);
create index event_open on funding.event (provider, state, id) where state < 40;
create index event_object on funding.event (provider, object_ref) where state = 20;
create index event_unpaged on funding.event (id) where state = 30 and paged_at is null;
create index event_operation on funding.event (operation_id, id) where operation_id is not null;
comment on table funding.event is 'lines of a provider''s own list, raw, in its order; for ever';
comment on column funding.event.id is 'ours; ascending in the order of reading';
comment on column funding.event.provider is 'code of funding.types.Provider';
comment on column funding.event.event_id is 'the provider''s';
comment on column funding.event.kind is 'the provider''s word for it';
comment on column funding.event.object_ref is 'movement it is about, as the provider names it';
comment on column funding.event.status is 'status it tells; null = of a kind we do not act on';
comment on column funding.event.cents is 'minor units it tells, unsigned';
comment on column funding.event.failure is 'return or failure code it tells';
comment on column funding.event.raw is 'the line as it came';
comment on column funding.event.at is 'instant, by the provider';
comment on column funding.event.state is 'code of funding.types.EventState';
comment on column funding.event.operation_id is 'operation it was applied to';
comment on column funding.event.reason is 'why it is quarantined or an orphan';
comment on column funding.event.done_at is 'instant at which it was applied or left alone';
comment on column funding.event.paged_at is 'instant at which somebody was called about it';

-- home: global. One row a provider.
create table funding.cursor (
  provider int2 primary key check (provider in (1, 2)),
  after text not null default '',
  version int8 not null default 0,
  lease_by uuid,
  lease_until timestamptz,
  pulled_at timestamptz,
  retry_at timestamptz,
  failures int4 not null default 0,
  silent_at timestamptz
);
comment on table funding.cursor is 'how far a provider''s list is read, and by whom just now';
comment on column funding.cursor.after is 'the last event read, as the provider counts; empty = none';
comment on column funding.cursor.version is 'grows with each page; guards against a lost one';
comment on column funding.cursor.lease_by is 'the reader of the moment';
comment on column funding.cursor.lease_until is 'until when another must wait';
comment on column funding.cursor.pulled_at is 'instant of the last reading to the end';
comment on column funding.cursor.retry_at is 'after a failure: not before';
comment on column funding.cursor.failures is 'readings that failed since';
comment on column funding.cursor.silent_at is 'instant at which somebody was called about silence';
insert into funding.cursor (provider) values (1), (2);

-- home: global. A run compares a provider's books with ours.
create table funding.recon_run (
  id uuid primary key,
  provider int2 not null check (provider in (1, 2)),
  started_at timestamptz not null,
  ended_at timestamptz,
  theirs int4,
  ours int4,
  breaks int4
);
create index recon_run_order on funding.recon_run (provider, started_at);
comment on table funding.recon_run is 'comparisons with a provider''s books; one without an end has died';
comment on column funding.recon_run.theirs is 'objects and lines of theirs that were compared';
comment on column funding.recon_run.ours is 'operations and postings of ours';
comment on column funding.recon_run.breaks is 'differences it saw';

-- home: global. Its operation, where it has one, lives in its owner's bucket.
create table funding.break (
  id uuid primary key,
  provider int2 not null check (provider in (1, 2)),
  kind text not null check (kind in ('missing_here', 'missing_there', 'amount', 'direction',
    'status', 'duplicate', 'currency', 'position', 'invariant')),
  object_ref text not null,
  operation_id uuid,
  currency char(3) not null,
  ours text not null,
  theirs text not null,
  amount_minor bigint not null check (amount_minor >= 0),
  runs int4 not null default 1,
  first_at timestamptz not null,
  last_at timestamptz not null,
  opened_at timestamptz,
  ended_at timestamptz,
  resolved_by uuid,
  resolved_reason text,
  paged_at timestamptz,
  check (resolved_by is null or ended_at is not null)
);
create unique index break_live on funding.break (provider, kind, object_ref)
  where ended_at is null;
comment on table funding.break is 'where a provider''s books and ours do not agree';
comment on column funding.break.provider is 'code of funding.types.Provider';
comment on column funding.break.object_ref is 'what differs, as the provider names it, or our account';
comment on column funding.break.ours is 'what we say';
comment on column funding.break.theirs is 'what they say';
comment on column funding.break.amount_minor is 'minor units that differ';
comment on column funding.break.runs is 'comparisons that have seen it';
comment on column funding.break.opened_at is 'instant from which it is no matter of time any more';
comment on column funding.break.ended_at is 'instant at which it was resolved, or was gone by itself';
comment on column funding.break.resolved_by is 'who asked for its end, which another operator approved; null = gone by itself';
comment on column funding.break.paged_at is 'instant at which somebody was called about it';

-- home: global. A provider and a class of calls each.
create table funding.breaker (
  service text primary key,
  state int2 not null check (state in (0, 1, 2)),
  changed_at timestamptz not null,
  forced text check (forced in ('open', 'closed')),
  forced_by uuid,
  forced_at timestamptz,
  forced_reason text
);
comment on table funding.breaker is 'the switch in front of a provider: as the worker sees it, and as operators want it';
comment on column funding.breaker.service is 'provider and class of calls';
comment on column funding.breaker.state is '0 closed, 1 half open, 2 open';
comment on column funding.breaker.forced is 'held there by an operator; null = by itself';

-- The table comes with the same release: nobody waits for it.
-- squawk-ignore require-concurrent-index-creation
create index operation_hot on funding.operation (provider)
  where state < 40 and (kind = 3 or purpose = 2);

grant select, insert, update, delete on funding.inbox to quid_app;
grant select, insert, update on funding.event to quid_app;
grant select, update on funding.cursor to quid_app;
grant select, insert, update on funding.recon_run, funding.break, funding.breaker to quid_app;
grant select on funding.inbox, funding.event, funding.cursor, funding.recon_run, funding.break,
  funding.breaker to quid_recon;
