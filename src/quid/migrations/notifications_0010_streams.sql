-- What the sockets of a person are told, in order: ids alone. What a frame says is read when it
-- is sent, and with it whether the person may still see it.

-- home: global (its person's, once streams live elsewhere)
create table notifications.stream (
  user_id uuid primary key,
  last int8 not null default 0 check (last >= 0),
  seen_at timestamptz not null,
  is_awake boolean not null default true
) with (fillfactor = 70);
create index stream_dozing on notifications.stream (seen_at) where is_awake;
comment on table notifications.stream is
  'one for each person who has opened a socket; frames are numbered for those that are awake';
comment on column notifications.stream.last is 'id of the newest frame; grows by one, without holes';
comment on column notifications.stream.seen_at is 'when a socket of theirs was last known to be open';
comment on column notifications.stream.is_awake is
  'a socket was open in the last days; who wakes it passes over one id, which no frame will have';

-- home: global (its person's)
create table notifications.frame (
  user_id uuid not null,
  n int8 not null check (n > 0),
  type text not null check (char_length(type) between 1 and 40),
  subject_kind text,
  subject_id uuid,
  at timestamptz not null,
  primary key (user_id, n),
  check ((subject_kind is null) = (subject_id is null))
);
create index frame_age on notifications.frame using brin (at) with (pages_per_range = 16);
comment on table notifications.frame is 'kept for a week, the newest thousand of a person';
comment on column notifications.frame.n is 'its id within the stream of its person';
comment on column notifications.frame.type is 'what it is about: notifications.service.frames';
comment on column notifications.frame.subject_kind is 'prefix of the id of what it is about';
comment on column notifications.frame.at is 'when that happened';

grant select, insert, update on notifications.stream to quid_app;
grant select, insert, delete on notifications.frame to quid_app;
