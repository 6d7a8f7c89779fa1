-- Profile and privacy, friendship and its limits, finding people.
alter table identity.person add column handle_changed_at timestamptz;
alter table identity.person
  -- squawk-ignore constraint-missing-not-valid
  add column friend_list text not null default 'me'
    check (friend_list in ('me', 'friends', 'public'));
alter table identity.person add column findable_by_email boolean not null default true;
alter table identity.person add column findable_by_phone boolean not null default false;
alter table identity.person
  -- squawk-ignore constraint-missing-not-valid
  add column who_may_request text not null default 'everyone'
    check (who_may_request in ('everyone', 'friends', 'nobody'));
alter table identity.person add column reminders boolean not null default true;
comment on column identity.person.handle_changed_at is 'the next change is 30 days later';
comment on column identity.person.friend_list is 'who may see whom this person has as friends';
comment on column identity.person.findable_by_email is 'whether their exact e-mail finds them';
comment on column identity.person.findable_by_phone is
  'whether their exact phone finds them; off until they ask for it, as no code proves a phone yet';
comment on column identity.person.who_may_request is 'who may ask them for money';
comment on column identity.person.reminders is 'whether they are reminded of what they were asked';

-- home: global
create table identity.handle_claim (
  handle_folded text primary key,
  user_id uuid not null
);
insert into identity.handle_claim (handle_folded, user_id)
select p.handle_folded, p.id from identity.person p;
comment on table identity.handle_claim is
  'whose each handle is or was: a handle once left is nobody else''s, who would be paid by old links';
comment on column identity.handle_claim.handle_folded is 'as in identity.person';
comment on column identity.handle_claim.user_id is 'the first who took it, for ever';
grant select, insert on identity.handle_claim to quid_app;

-- home: global
create table identity.word (
  word text collate "C" not null,
  user_id uuid not null references identity.person (id),
  primary key (word, user_id)
);
create index word_person on identity.word (user_id);
comment on table identity.word is 'what people are found by: the words of name and handle, folded';
comment on column identity.word.word is
  'lower case, without accents; the handle whole, in parts, and once after @';
comment on column identity.word.user_id is 'who is found by it';
grant select, insert, delete on identity.word to quid_app;

-- squawk-ignore require-concurrent-index-creation
create index edge_list on identity.edge (user_id, state, since, friend_id);

-- home: global
create table identity.friend_ask (
  user_id uuid not null,
  friend_id uuid not null,
  asked_at timestamptz not null,
  declined_at timestamptz,
  primary key (user_id, friend_id, asked_at)
);
create index friend_ask_day on identity.friend_ask (user_id, asked_at);
create index friend_ask_age on identity.friend_ask (asked_at);
comment on table identity.friend_ask is 'who asked whom lately: 20 a day, 7 days'' pause after a no';
comment on column identity.friend_ask.user_id is 'who asked';
comment on column identity.friend_ask.friend_id is 'who was asked';
comment on column identity.friend_ask.declined_at is 'when the one asked said no';
grant select, insert, update, delete on identity.friend_ask to quid_app;

-- home: global
create table identity.mute (
  user_id uuid not null references identity.person (id),
  muted_id uuid not null references identity.person (id),
  since timestamptz not null,
  primary key (user_id, muted_id),
  check (user_id <> muted_id)
);
comment on table identity.mute is 'whom a person does not want to hear of; the other is not told';
comment on column identity.mute.user_id is 'whose wish it is';
comment on column identity.mute.muted_id is 'of whom';
grant select, insert, delete on identity.mute to quid_app;

-- home: global
create table identity.verification (
  id uuid primary key,
  user_id uuid not null references identity.person (id),
  tier int2 not null check (tier in (1, 2)),
  state text not null check (state in ('PENDING', 'VERIFIED', 'REFUSED', 'NEEDS_MORE')),
  facts_sealed bytea,
  asked_at timestamptz not null,
  request_id text,
  decided_at timestamptz,
  decided_by text,
  check ((tier = 1) = (facts_sealed is not null)),
  check ((state = 'PENDING') = (decided_at is null)),
  check ((decided_at is null) = (decided_by is null))
);
create unique index verification_pending on identity.verification (user_id)
  where state = 'PENDING';
create index verification_person on identity.verification (user_id, asked_at);
create index verification_waiting on identity.verification (tier, asked_at) where state = 'PENDING';
comment on table identity.verification is
  'what a person showed of who they are, and what was made of it; rows stay as proof';
comment on column identity.verification.tier is
  '1: facts, by the verifier; 2: documents, by an operator';
comment on column identity.verification.state is
  'PENDING until somebody has decided; NEEDS_MORE: the facts alone do not do, documents might';
comment on column identity.verification.facts_sealed is
  'legal name, birth date, address, last four of the tax id';
comment on column identity.verification.asked_at is 'the row stands before the verifier is called';
comment on column identity.verification.request_id is 'of the request that asked, for the audit log';
comment on column identity.verification.decided_by is 'verifier, or the operator';
grant select, insert, update on identity.verification to quid_app;

-- home: global
create table identity.document (
  id uuid primary key,
  verification_id uuid not null references identity.verification (id),
  user_id uuid not null,
  media_type text not null check (media_type in ('application/pdf', 'image/jpeg', 'image/png')),
  size int4 not null check (size between 1 and 10485760),
  added_at timestamptz not null
);
create index document_verification on identity.document (verification_id, added_at);
comment on table identity.document is
  'what a person sent to be looked at; the file lies sealed in a folder, under the id';
comment on column identity.document.user_id is 'whose it is; the file opens for this person alone';
comment on column identity.document.media_type is 'by content, whatever the sender called it';
comment on column identity.document.size is 'bytes in clear';
grant select, insert on identity.document to quid_app;
