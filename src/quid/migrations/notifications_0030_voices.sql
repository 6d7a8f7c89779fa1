-- Whose likes and comments are one line: whom a block hides is then counted no more.

-- home: the person told.
create table notifications.voice (
  notification_id uuid not null references notifications.notification (id) on delete cascade,
  actor_id uuid not null,
  at timestamptz not null,
  comment_id uuid,
  count int4 not null check (count > 0),
  primary key (notification_id, actor_id)
);
comment on table notifications.voice is 'who stands behind a notice that several events are, and with how many of them';
comment on column notifications.voice.actor_id is 'who liked or commented';
comment on column notifications.voice.at is 'instant of their latest';
comment on column notifications.voice.comment_id is 'their latest comment';
comment on column notifications.voice.count is 'events of theirs';

insert into notifications.voice (notification_id, actor_id, at, comment_id, count)
select n.id, n.actor_id, n.at, n.comment_id, n.count
from notifications.notification n
where n.kind in ('liked', 'commented')
  and n.actor_id is not null;

grant select, insert, update on notifications.voice to quid_app;
grant select on notifications.voice to quid_recon;
