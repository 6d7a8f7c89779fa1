-- What people report of their payments, and appeal of what the house decided: one table, one queue.
create schema disputes;
grant usage on schema disputes to quid_app, quid_recon;

-- home: global
create table disputes.dispute (
  id uuid primary key,
  opened_by uuid not null,
  claim text not null check (claim in ('unauthorized', 'scam', 'wrong_person', 'wrong_amount',
    'duplicate', 'not_as_agreed', 'other', 'hold', 'rejected')),
  payment_id uuid,
  freeze_id uuid,
  -- Codes of disputes.types.State.
  state int2 not null default 10 check (state in (10, 20, 30, 40, 50, 60)),
  opened_at timestamptz not null,
  answer_on date not null,
  at_latest_on date,
  ended_at timestamptz,
  check ((payment_id is null) <> (freeze_id is null)),
  check ((claim = 'hold') = (freeze_id is not null)),
  check ((state >= 40) = (ended_at is not null))
) with (fillfactor = 90);
-- One open one for each payment and side, and for each hold; a payment that we stopped, once ever.
create unique index dispute_one_payment on disputes.dispute (payment_id, opened_by)
  where state < 40;
create unique index dispute_one_hold on disputes.dispute (freeze_id) where state < 40;
create unique index dispute_one_appeal on disputes.dispute (payment_id) where claim = 'rejected';
create index dispute_person on disputes.dispute (opened_by, opened_at, id);
create index dispute_queue on disputes.dispute (opened_at, id) where state < 40;
comment on table disputes.dispute is
  'a report of a payment, or an appeal against a hold or against a payment that we stopped';
comment on column disputes.dispute.opened_by is 'who says so: a party of the payment, or who is on hold';
comment on column disputes.dispute.claim is
  'what went wrong; hold and rejected are appeals, all others reports of a payment';
comment on column disputes.dispute.payment_id is 'the payment it is about';
comment on column disputes.dispute.freeze_id is 'the hold it is about, row of identity.freeze';
comment on column disputes.dispute.state is 'code of disputes.types.State';
comment on column disputes.dispute.opened_at is 'instant at which it was opened';
comment on column disputes.dispute.answer_on is 'day by which the person is promised an answer';
comment on column disputes.dispute.at_latest_on is
  'day by which a report that needs longer is decided; null for an appeal';
comment on column disputes.dispute.ended_at is 'instant at which it was decided or taken back';

-- home: global
create table disputes.message (
  id uuid primary key,
  dispute_id uuid not null references disputes.dispute (id),
  said_by text not null check (said_by in ('user', 'team')),
  text text not null check (char_length(text) between 10 and 2000),
  at timestamptz not null
);
create index message_dispute on disputes.message (dispute_id, at, id);
comment on table disputes.message is 'what was said of a dispute, by its person and by us';
comment on column disputes.message.dispute_id is 'which dispute';
comment on column disputes.message.said_by is 'user: its person; team: an operator, whom the audit log names';
comment on column disputes.message.text is 'plain words; the first are what was reported';
comment on column disputes.message.at is 'instant at which it was said';

-- What has ended stays as it ended: who was told an outcome is not told another one.
create function disputes.keep_ended() returns trigger language plpgsql
  set search_path = pg_catalog as $$
begin
  raise exception 'a dispute that has ended stands' using errcode = '42501';
end $$;
create trigger dispute_ended_stands before update on disputes.dispute
  for each row when (old.state >= 40) execute function disputes.keep_ended();

grant select, insert on disputes.dispute, disputes.message to quid_app;
grant update (state, ended_at) on disputes.dispute to quid_app;
grant select on disputes.dispute, disputes.message to quid_recon;
