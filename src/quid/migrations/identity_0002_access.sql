-- What stands behind a password: second factors, step-ups, devices, and what happened to whom.

alter table identity.session
  add column device text not null default '',
  add column device_hash bytea,
  add column address text not null default '',
  add column proved_at timestamptz,
  add column proved_by text;
comment on column identity.session.device is 'browser and system by the User-Agent, for the person';
comment on column identity.session.device_hash is
  'SHA-256 of the secret that the device keeps (a client without one: of what it calls itself)';
comment on column identity.session.address is 'network address of the sign-in';
comment on column identity.session.proved_at is 'the last step-up of this session; good for 10 min';
comment on column identity.session.proved_by is 'method of that step-up';
comment on column identity.session.revoked_why is
  'sign_out, refresh_reused, revoked, password, email, locked, recovered';

-- home: global
create table identity.totp (
  id uuid primary key,
  user_id uuid not null references identity.person (id),
  sealed bytea not null,
  last_step bigint not null default 0,
  made_at timestamptz not null,
  enrolled_at timestamptz
);
create unique index totp_on on identity.totp (user_id) where enrolled_at is not null;
create unique index totp_offered on identity.totp (user_id) where enrolled_at is null;
comment on table identity.totp is
  'secrets of authenticator apps (RFC 6238): one that is on, and one that waits for its first code';
comment on column identity.totp.sealed is 'the secret, bound to this row (kit.fields)';
comment on column identity.totp.last_step is 'the latest step of 30 s that was used: none works twice';
comment on column identity.totp.enrolled_at is 'its first code came; null while it only was offered';

-- home: global
create table identity.recovery_code (
  user_id uuid not null references identity.person (id),
  code_hash bytea not null check (octet_length(code_hash) = 16),
  made_at timestamptz not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);
comment on table identity.recovery_code is 'ten words for the day the app is lost; each opens once';
comment on column identity.recovery_code.code_hash is
  'hash of person and code under a key of kit.fields: 60 random bits need no slow one';

-- home: global
create table identity.step_up (
  id uuid primary key,
  user_id uuid not null references identity.person (id),
  purpose text not null check (char_length(purpose) between 1 and 100),
  session_id uuid,
  session_kind text check (session_kind in ('cookie', 'api')),
  is_remembered boolean not null default false,
  code_hash bytea,
  code_sent_at timestamptz,
  sealed_email bytea,
  tries_left int2 not null check (tries_left between 0 and 5),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index step_up_person on identity.step_up (user_id, created_at);
create index step_up_age on identity.step_up (created_at);
comment on table identity.step_up is 'what a known person is asked to prove, for one purpose';
comment on column identity.step_up.id is
  'drawn at random; where a floor above asks, derived from person and purpose';
comment on column identity.step_up.purpose is
  'sign_in, step_up, email, or what the floor above calls it (one payment, payee and amount)';
comment on column identity.step_up.session_id is 'step_up, email: the session it counts for';
comment on column identity.step_up.session_kind is 'sign_in: the session that the proof opens';
comment on column identity.step_up.is_remembered is 'sign_in: 30 days';
comment on column identity.step_up.code_hash is
  'HMAC-SHA-256 of id and code under a server key; null where no code was sent';
comment on column identity.step_up.code_sent_at is 'instant of sending; three in ten minutes';
comment on column identity.step_up.sealed_email is 'email: the new address (kit.fields)';
comment on column identity.step_up.tries_left is 'taken before the comparison';
comment on column identity.step_up.used_at is 'the right proof came; it works once';

-- home: global
create table identity.security_event (
  id uuid primary key,
  user_id uuid not null references identity.person (id),
  kind text not null check (kind in (
    'new_device', 'sign_in_failed', 'password_changed', 'email_changed', 'totp_on', 'totp_off',
    'recovery_codes_made', 'recovery_code_used', 'session_revoked', 'locked', 'recovered'
  )),
  session_id uuid,
  device text not null,
  address text not null,
  at timestamptz not null
);
create index security_event_person on identity.security_event (user_id, at, id);
comment on table identity.security_event is 'what a person must know of the safety of their account';
comment on column identity.security_event.kind is 'what happened; the words are the reader''s';
comment on column identity.security_event.session_id is 'the session it happened in, or to';
comment on column identity.security_event.device is 'where it came from, as in identity.session';
comment on column identity.security_event.address is 'network address it came from';

-- A lock is a freeze that the person puts on themselves; beside it an operator's may stand.
-- Few people are ever frozen: an index of so few rows is made before anybody waits for it.
alter table identity.freeze
  add column is_own boolean not null default false,
  add column lifts_at timestamptz;
-- squawk-ignore require-concurrent-index-creation
create unique index freeze_one on identity.freeze (user_id, scope, is_own) where lifted_at is null;
-- squawk-ignore require-concurrent-index-deletion
drop index identity.freeze_standing;
-- squawk-ignore require-concurrent-index-creation
create index freeze_timed on identity.freeze (lifts_at) where lifted_at is null;
comment on column identity.freeze.is_own is
  'put by the person, or by their recovery; opened by recovery and time, never by an operator';
comment on column identity.freeze.lifts_at is 'opens by itself at this instant; null: it does not';

alter table identity.person add column credentials_since timestamptz;
comment on column identity.person.credentials_since is
  'from when on password and e-mail are as they are; null: since sign-up';

grant select, insert, update, delete on identity.totp, identity.recovery_code to quid_app;
grant select, insert, update, delete on identity.step_up to quid_app;
grant select, insert on identity.security_event to quid_app;
