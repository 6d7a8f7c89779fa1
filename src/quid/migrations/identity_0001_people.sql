-- People, what they prove themselves with, and whom they refuse.
create schema identity;
grant usage on schema identity to quid_app, quid_recon;

-- home: global
create table identity.person (
  id uuid primary key,
  handle text not null unique check (handle ~ '^[a-z0-9_]{3,30}$'),
  handle_folded text not null unique,
  display_name text not null check (char_length(display_name) between 1 and 60),
  -- Plain until field encryption comes (step 2 of this slice), which replaces this column by
  -- a ciphertext and a keyed hash to search by. Nothing but `identity` may read it meanwhile.
  email text not null unique check (char_length(email) between 3 and 200),
  password_hash text not null,
  tier int2 not null default 0 check (tier between 0 and 2),
  default_visibility text not null default 'friends'
    check (default_visibility in ('private', 'friends', 'public')),
  show_amount boolean not null default false,
  locale text not null default 'en' check (char_length(locale) between 2 and 35),
  timezone text not null default 'UTC' check (char_length(timezone) between 1 and 64),
  created_at timestamptz not null
);
comment on table identity.person is 'one row per human; the low 10 bits of the id are the bucket';
comment on column identity.person.id is 'UUIDv7 with a bucket drawn at random at sign-up';
comment on column identity.person.handle is 'public name, after @; a-z 0-9 _';
comment on column identity.person.handle_folded is
  'handle with look-alikes made equal (0/o, 1/l/i, rn/m, vv/w, _): nobody can pose as another';
comment on column identity.person.display_name is 'any script, NFC, 1 to 60 code points';
comment on column identity.person.email is 'NFC, lower case; where codes go';
comment on column identity.person.password_hash is 'Argon2id, PHC string';
comment on column identity.person.tier is
  '0 unverified, 1 name and address checked, 2 document checked';
comment on column identity.person.default_visibility is
  'who sees a payment unless it says otherwise; the stricter of payer and payee wins';
comment on column identity.person.show_amount is
  'whether others may see amounts; both sides must allow it';
comment on column identity.person.locale is 'BCP 47 tag for texts and formats';
comment on column identity.person.timezone is 'IANA name, for dates shown and dates meant';
comment on column identity.person.created_at is 'instant of sign-up';

-- home: global
create table identity.session (
  id uuid primary key,
  user_id uuid not null references identity.person (id),
  kind text not null check (kind in ('cookie', 'api')),
  selector_hash bytea not null unique check (octet_length(selector_hash) = 32),
  verifier_hash bytea check (octet_length(verifier_hash) = 32),
  is_remembered boolean not null default false,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ends_at timestamptz not null check (expires_at <= ends_at),
  revoked_at timestamptz,
  revoked_why text,
  check ((kind = 'api') = (verifier_hash is not null)),
  check ((revoked_at is null) = (revoked_why is null))
);
create index session_person on identity.session (user_id, created_at);
create index session_age on identity.session (ends_at);
comment on table identity.session is 'who is signed in, where; only hashes, so a copy opens nothing';
comment on column identity.session.id is 'bucket of the person';
comment on column identity.session.user_id is 'whose session it is';
comment on column identity.session.kind is 'cookie: a browser; api: access and refresh tokens';
comment on column identity.session.selector_hash is
  'SHA-256 of the cookie, or of the part of a refresh token that never changes';
comment on column identity.session.verifier_hash is
  'SHA-256 of the part that changes with each refresh; an old one shows a theft';
comment on column identity.session.is_remembered is '30 days without an idle limit';
comment on column identity.session.created_at is 'instant of sign-in';
comment on column identity.session.last_seen_at is 'written at most once a minute';
comment on column identity.session.expires_at is
  'no longer valid from here on; moves with use, never beyond ends_at';
comment on column identity.session.ends_at is 'the longest it may live, whatever its use';
comment on column identity.session.revoked_at is 'ended before its time; holds from the next request';
comment on column identity.session.revoked_why is 'sign_out, refresh_reused';

-- home: global
create table identity.challenge (
  id uuid primary key,
  purpose text not null check (purpose in ('enter')),
  email text not null,
  code_hash bytea not null,
  tries_left int2 not null check (tries_left between 0 and 5),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  ticket_hash bytea unique check (octet_length(ticket_hash) = 32),
  ticket_expires_at timestamptz,
  ticket_used_at timestamptz,
  check ((ticket_hash is null) = (ticket_expires_at is null))
);
create index challenge_email on identity.challenge (email, created_at);
create index challenge_age on identity.challenge (created_at);
comment on table identity.challenge is 'codes sent by e-mail, and the ticket a right one is worth';
comment on column identity.challenge.purpose is 'enter: sign in, or sign up where nobody is known';
comment on column identity.challenge.email is 'where the code went; whether anybody has it or not';
comment on column identity.challenge.code_hash is 'HMAC-SHA-256 of id and code under a server key';
comment on column identity.challenge.tries_left is 'guesses left; taken before the comparison';
comment on column identity.challenge.created_at is 'instant of sending';
comment on column identity.challenge.expires_at is '10 minutes later';
comment on column identity.challenge.used_at is 'the right code came; it works once';
comment on column identity.challenge.ticket_hash is 'SHA-256 of the right to sign up with this e-mail';
comment on column identity.challenge.ticket_expires_at is '30 minutes after the code';
comment on column identity.challenge.ticket_used_at is 'the sign-up; a ticket works once';

-- home: global
create table identity.freeze (
  id uuid primary key,
  user_id uuid not null references identity.person (id),
  scope text not null check (scope in ('send', 'withdraw', 'all')),
  reason_class text not null check (reason_class in ('security', 'owed', 'legal', 'requested')),
  text text not null check (char_length(text) between 1 and 500),
  review_on date not null,
  frozen_by text not null,
  frozen_at timestamptz not null,
  lifted_by text,
  lifted_at timestamptz,
  check ((lifted_at is null) = (lifted_by is null))
);
create unique index freeze_standing on identity.freeze (user_id, scope) where lifted_at is null;
create index freeze_person on identity.freeze (user_id, frozen_at);
comment on table identity.freeze is 'what a person may not do for now; lifted rows stay as history';
comment on column identity.freeze.user_id is 'who is frozen';
comment on column identity.freeze.scope is
  'send, withdraw, or all (nothing moves: payers find nobody)';
comment on column identity.freeze.reason_class is 'the class that the person is told';
comment on column identity.freeze.text is 'plain words for the person; never hints at an inquiry';
comment on column identity.freeze.review_on is 'date on which somebody looks again';
comment on column identity.freeze.frozen_by is 'operator, or the name of the rule';
comment on column identity.freeze.frozen_at is 'instant from which it holds';
comment on column identity.freeze.lifted_by is 'operator who ended it';
comment on column identity.freeze.lifted_at is 'instant from which it no longer holds';

-- home: global
create table identity.edge (
  user_id uuid not null references identity.person (id),
  friend_id uuid not null references identity.person (id),
  state text not null check (state in ('PENDING', 'ACCEPTED', 'BLOCKED')),
  asked_by uuid not null,
  since timestamptz not null,
  primary key (user_id, friend_id),
  check (user_id <> friend_id),
  check (asked_by in (user_id, friend_id)),
  check (state <> 'BLOCKED' or asked_by = user_id)
);
comment on table identity.edge is
  'what one person is to another; friendship is two rows, a block is one and stands against it';
comment on column identity.edge.user_id is 'whose view it is';
comment on column identity.edge.friend_id is 'of whom';
comment on column identity.edge.state is
  'PENDING and ACCEPTED come in pairs; BLOCKED is one-sided and the other is not told';
comment on column identity.edge.asked_by is 'who began it';
comment on column identity.edge.since is 'instant of the last change';

grant select, insert, update on identity.person to quid_app;
grant select, insert, update, delete on identity.session to quid_app;
grant select, insert, update, delete on identity.challenge to quid_app;
grant select, insert, update on identity.freeze to quid_app;
grant select, insert, update, delete on identity.edge to quid_app;
