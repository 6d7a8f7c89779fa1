-- Passkeys: keys that people's devices keep (WebAuthn). A fresh one, a removed one and one that
-- somebody may have copied are told to their person.

-- home: global
create table identity.passkey (
  id uuid primary key,
  user_id uuid not null references identity.person (id),
  credential_id bytea not null check (octet_length(credential_id) between 1 and 1023),
  public_key bytea not null,
  sign_count bigint not null check (sign_count >= 0),
  transports text[] not null,
  name text not null check (char_length(name) between 1 and 60),
  created_at timestamptz not null,
  last_used_at timestamptz
);
create unique index passkey_credential on identity.passkey (credential_id);
create index passkey_person on identity.passkey (user_id, created_at);
comment on table identity.passkey is 'keys that people''s devices keep; ten of a person at most';
comment on column identity.passkey.credential_id is 'the key''s id on its device';
comment on column identity.passkey.public_key is 'COSE key (RFC 9052), by which answers are judged';
comment on column identity.passkey.sign_count is 'as the device counted last; 0: it does not count';
comment on column identity.passkey.transports is 'how a browser reaches the device: internal, usb ...';
comment on column identity.passkey.name is 'what its person calls it';
grant select, insert, update, delete on identity.passkey to quid_app;

-- squawk-ignore ban-drop-constraint
alter table identity.security_event drop constraint security_event_kind_check;
alter table identity.security_event add constraint security_event_kind_check
  check (kind in (
    'new_device', 'sign_in_failed', 'password_changed', 'email_changed', 'totp_on', 'totp_off',
    'recovery_codes_made', 'recovery_code_used', 'session_revoked', 'locked', 'recovered',
    'source_linked', 'source_removed', 'first_withdrawal', 'device_added',
    'passkey_on', 'passkey_off', 'passkey_suspect'
  )) not valid;
