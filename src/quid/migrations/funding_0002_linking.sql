-- How a bank or a card is linked: pages that were opened, consents, and what must end elsewhere.

-- home: the owner's bucket (the id carries it)
create table funding.link_session (
  id uuid primary key,
  user_id uuid not null,
  is_card boolean not null,
  purpose text not null check (purpose in ('new', 'repair', 'verify')),
  source_id uuid,
  session_ref text not null unique,
  state text not null default 'OPEN' check (state in ('OPEN', 'DONE', 'FAILED')),
  source_ids uuid[] not null default '{}',
  ip text not null,
  user_agent text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  done_at timestamptz,
  check ((purpose = 'new') = (source_id is null)),
  check ((state = 'OPEN') = (done_at is null))
);
create index link_session_owner on funding.link_session (user_id, created_at desc);
create index link_session_open on funding.link_session (expires_at) where state = 'OPEN';
comment on table funding.link_session is 'a page at a provider that one person may open, for 30 minutes';
comment on column funding.link_session.purpose is 'a new source, or one to sign in to or prove again';
comment on column funding.link_session.source_id is 'the one to repair or prove';
comment on column funding.link_session.session_ref is 'how the provider names the page';
comment on column funding.link_session.source_ids is 'what came of it, the first first';
comment on column funding.link_session.ip is 'network address of who opened it: they consent there';
comment on column funding.link_session.user_agent is 'program of who opened it';
comment on column funding.link_session.expires_at is 'instant after which it gives nothing any more';
comment on column funding.link_session.done_at is 'instant at which it came to its end';

-- home: the owner's bucket (the id carries it)
create table funding.consent (
  id uuid primary key,
  user_id uuid not null,
  source_id uuid not null,
  method text not null check (method in ('link', 'token', 'manual', 'card')),
  text_version text not null,
  text_hash bytea not null check (octet_length(text_hash) = 16),
  ip text not null,
  user_agent text not null,
  given_at timestamptz not null,
  voided_at timestamptz
);
create index consent_source on funding.consent (source_id);
comment on table funding.consent is 'that a person lets us move money from and to a source; kept 7 years';
comment on column funding.consent.method is 'how the source was linked when it was given';
comment on column funding.consent.text_version is 'which text they agreed to';
comment on column funding.consent.text_hash is 'SHA-256 of that text, first 16 bytes';
comment on column funding.consent.ip is 'network address they did it from';
comment on column funding.consent.user_agent is 'program they did it with';
comment on column funding.consent.voided_at is 'the bank says that they did not, or they took it back';

-- home: the owner's bucket (the id carries it)
create table funding.ending (
  id uuid primary key,
  user_id uuid not null,
  token bytea,
  method_ref text,
  next_at timestamptz not null,
  attempts int4 not null default 0,
  check ((token is null) <> (method_ref is null))
);
create index ending_due on funding.ending (next_at);
comment on table funding.ending is 'what a provider is still to forget; the row goes when it has';
comment on column funding.ending.token is 'sealed: the key to a bank item';
comment on column funding.ending.method_ref is 'or a card';
comment on column funding.ending.next_at is 'instant of the next try';
comment on column funding.ending.attempts is 'tries so far';

alter table funding.source
  add column passed_by text,
  add column look_at timestamptz,
  add column shredded_at timestamptz;
comment on column funding.source.passed_by is 'who said that its owner is the person, where names differ';
comment on column funding.source.look_at is 'instant at which its bank is asked about it again';
comment on column funding.source.shredded_at is 'its secrets are gone from here since then';
-- The table is as new as this file.
-- squawk-ignore require-concurrent-index-creation
create index source_ended on funding.source (changed_at) where state >= 80 and shredded_at is null;
-- squawk-ignore require-concurrent-index-creation
create index source_until on funding.source (verify_until) where state = 20;
-- squawk-ignore require-concurrent-index-creation
create index source_expiry on funding.source (exp_year, exp_month) where state = 30 and kind > 1;
-- squawk-ignore require-concurrent-index-creation
create index source_review on funding.source (verified_at) where state = 30 and kind = 1
  and not can_push;

-- squawk-ignore require-concurrent-index-creation
create index source_look on funding.source (look_at) where look_at is not null;

grant select, insert, update on funding.link_session, funding.consent to quid_app;
grant select, insert, update, delete on funding.ending to quid_app;
grant select on funding.link_session, funding.consent to quid_recon;
