-- Requests for money: what was asked for, until when, and which payment answers it.

-- home: the requestee's bucket (the id carries it)
create table collect.request (
  id uuid primary key,
  requester_id uuid not null,
  requestee_id uuid not null,
  amount_minor bigint not null check (amount_minor between 1 and 500000),
  currency char(3) not null,
  note text not null check (char_length(note) between 1 and 500),
  requester_visibility text check (requester_visibility in ('private', 'friends', 'public')),
  is_known boolean not null,
  -- Codes of collect.types.State.
  state int2 not null default 10 check (state in (10, 20, 30, 40, 50)),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  payment_id uuid unique,
  reminders_sent int2 not null default 0 check (reminders_sent between 0 and 3),
  last_reminded_at timestamptz,
  steps_taken int2 not null default 0 check (steps_taken between 0 and 3),
  is_told_expiring boolean not null,
  due_at timestamptz not null,
  check (requester_id <> requestee_id),
  check (created_at < expires_at),
  check ((state = 10) = (ended_at is null)),
  check (state in (10, 20) or payment_id is null),
  check (state <> 20 or payment_id is not null),
  check ((reminders_sent = 0) = (last_reminded_at is null))
) with (fillfactor = 90);
create index request_to_pay on collect.request (requestee_id, created_at, id) where state = 10;
create index request_waiting on collect.request (requester_id, created_at, id) where state = 10;
create index request_answered on collect.request (requestee_id, ended_at, id) where state <> 10;
create index request_ended on collect.request (requester_id, ended_at, id) where state <> 10;
create index request_due on collect.request (due_at, id) where state = 10 and payment_id is null;
comment on table collect.request is 'what one person asked another to pay';
comment on column collect.request.requester_id is 'who asks, and would be paid';
comment on column collect.request.requestee_id is 'who is asked, and alone may pay';
comment on column collect.request.amount_minor is 'minor units of currency, 1 to 500,000';
comment on column collect.request.requester_visibility is
  'who may see the payment, as the requester wishes; null: as they do by default';
comment on column collect.request.is_known is
  'whether the two were friends or had dealt with each other when it was made';
comment on column collect.request.state is 'code of collect.types.State';
comment on column collect.request.expires_at is 'instant from which it ends by itself';
comment on column collect.request.ended_at is 'instant at which it left PENDING';
comment on column collect.request.payment_id is
  'the payment that paid it; of a PENDING one, the payment that is at it: nothing else may happen';
comment on column collect.request.reminders_sent is 'how often the requester has reminded';
comment on column collect.request.steps_taken is 'how many of the reminders by themselves are past';
comment on column collect.request.is_told_expiring is 'whether its coming end was told, or never will be';
comment on column collect.request.due_at is 'instant of the next thing that time does to it';

-- What has ended stays as it ended, whoever asks: without this a request could be paid twice.
create function collect.keep_ended() returns trigger language plpgsql
  set search_path = pg_catalog as $$
begin
  raise exception 'a request that has ended stands' using errcode = '42501';
end $$;
create trigger request_ended_stands before update on collect.request
  for each row when (old.state <> 10) execute function collect.keep_ended();

grant select, insert on collect.request to quid_app;
grant update (state, ended_at, payment_id, reminders_sent, last_reminded_at, steps_taken,
  is_told_expiring, due_at) on collect.request to quid_app;
grant select on collect.request to quid_recon;
