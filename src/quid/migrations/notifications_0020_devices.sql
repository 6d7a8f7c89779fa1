-- Where people are pushed to: browsers and phones.

-- home: global
create table notifications.device (
  id uuid primary key,
  user_id uuid not null,
  kind text not null check (kind in ('web', 'fcm', 'apns')),
  token bytea not null,
  token_hash bytea not null unique check (octet_length(token_hash) = 16),
  label text not null check (char_length(label) <= 60),
  created_at timestamptz not null,
  last_ok_at timestamptz
);
create index device_owner on notifications.device (user_id, created_at desc);
comment on table notifications.device is 'a browser or phone that a person wants to be told on';
comment on column notifications.device.kind is 'whose push service: the browser''s own, Google''s or Apple''s';
comment on column notifications.device.token is 'sealed: where to push, and for browsers the keys to seal for';
comment on column notifications.device.token_hash is 'blind index: one token is one row, of whoever gave it last';
comment on column notifications.device.label is 'what the person calls it';
comment on column notifications.device.last_ok_at is 'instant at which a push service last took something for it';
grant select, insert, update, delete on notifications.device to quid_app;
