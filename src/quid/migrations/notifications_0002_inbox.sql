-- The inbox: what each person is told, what is sent of it, and what they wish to hear.

-- home: the person told.
create table notifications.notification (
  id uuid primary key,
  user_id uuid not null,
  kind text not null check (char_length(kind) between 1 and 40),
  tab text not null check (tab in ('payments', 'social', 'security')),
  at timestamptz not null,
  actor_id uuid,
  subject_prefix text not null check (char_length(subject_prefix) between 1 and 4),
  subject_id uuid not null,
  comment_id uuid,
  detail text check (char_length(detail) between 1 and 40),
  amount_minor bigint check (amount_minor > 0),
  currency char(3),
  count int4 not null default 1 check (count > 0),
  is_listed boolean not null,
  read_at timestamptz,
  check ((amount_minor is null) = (currency is null))
);
create index notification_list on notifications.notification (user_id, tab, at desc, id desc)
  where is_listed;
create index notification_unread on notifications.notification (user_id, actor_id)
  where is_listed and read_at is null;
comment on table notifications.notification is 'what a person is told: a row for each event and kind; kept 180 days';
comment on column notifications.notification.id is 'from the event, kind and person: twice is once; of likes and comments from item and hour';
comment on column notifications.notification.user_id is 'who is told';
comment on column notifications.notification.kind is 'word of notifications.types.Kind';
comment on column notifications.notification.tab is 'where the inbox shows it';
comment on column notifications.notification.at is 'instant of the event; of several that are one, of the latest';
comment on column notifications.notification.actor_id is 'the other person of it, of several the latest; null = there is none';
comment on column notifications.notification.subject_prefix is 'what it is about: prefix of its id';
comment on column notifications.notification.subject_id is 'what it is about';
comment on column notifications.notification.comment_id is 'comment, of several the latest';
comment on column notifications.notification.detail is 'the word of what happened more exactly';
comment on column notifications.notification.amount_minor is 'minor units, of the person''s own payment, request or transfer';
comment on column notifications.notification.count is 'events that are this one row';
comment on column notifications.notification.is_listed is 'whether the person wished to have it in the inbox when it came';
comment on column notifications.notification.read_at is 'instant at which it was marked as read; null = unread';

-- home: the person told.
create table notifications.delivery (
  id uuid primary key,
  notification_id uuid not null references notifications.notification (id) on delete cascade,
  user_id uuid not null,
  channel text not null check (channel in ('email', 'web', 'fcm', 'apns')),
  device_id uuid,
  state text not null default 'QUEUED' check (state in ('QUEUED', 'SENT', 'FAILED', 'SKIPPED')),
  attempts int4 not null default 0 check (attempts >= 0),
  next_at timestamptz,
  last_error text check (char_length(last_error) between 1 and 100),
  done_at timestamptz,
  check ((state = 'QUEUED') = (next_at is not null)),
  check ((state = 'QUEUED') = (done_at is null)),
  unique nulls not distinct (notification_id, channel, device_id)
) with (fillfactor = 80);
create index delivery_due on notifications.delivery (channel, next_at) where state = 'QUEUED';
comment on table notifications.delivery is 'a notice on its way to one address; tried again apart from all others';
comment on column notifications.delivery.id is 'key by which the other end knows it again; from notification, channel and device';
comment on column notifications.delivery.user_id is 'who is told';
comment on column notifications.delivery.channel is 'how it goes there';
comment on column notifications.delivery.device_id is 'to which device; null = by e-mail';
comment on column notifications.delivery.attempts is 'times that somebody began to send it';
comment on column notifications.delivery.next_at is 'not sent before; ahead of now while somebody is at it';
comment on column notifications.delivery.last_error is 'class of the last failure, or why it was not sent';
comment on column notifications.delivery.done_at is 'instant at which it was over';

-- home: the person told.
create table notifications.preference (
  user_id uuid not null,
  topic text not null check (char_length(topic) between 1 and 40),
  way text not null check (way in ('inbox', 'push', 'email')),
  is_on boolean not null,
  changed_at timestamptz not null,
  primary key (user_id, topic, way)
);
comment on table notifications.preference is 'what a person has chosen; without a row the matrix of notifications.rules says it';
comment on column notifications.preference.topic is 'word of notifications.types.Topic';

grant select, insert, update, delete on notifications.notification, notifications.delivery,
  notifications.preference to quid_app;
grant select on notifications.notification, notifications.delivery, notifications.preference
  to quid_recon;
