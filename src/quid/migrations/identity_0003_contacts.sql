-- Contacts are sealed, and found by a keyed hash. SQL cannot seal: after the files `quid migrate`
-- goes through the rows that still hold a plain e-mail, seals it and empties the column.
alter table identity.person add column email_sealed bytea;
alter table identity.person add column email_index bytea;
alter table identity.person add column phone_sealed bytea;
alter table identity.person add column phone_index bytea;
-- squawk-ignore ban-drop-not-null
alter table identity.person alter column email drop not null;
-- squawk-ignore require-concurrent-index-creation
create unique index person_email on identity.person (email_index);
-- squawk-ignore require-concurrent-index-creation
create unique index person_phone on identity.person (phone_index);
-- squawk-ignore require-concurrent-index-creation
create index person_unsealed on identity.person (id) where email is not null;

comment on column identity.person.email is
  'plain e-mail of a row from before contacts were sealed; null as soon as it is';
comment on column identity.person.email_sealed is 'where codes go; NFC, lower case';
comment on column identity.person.email_index is 'blind index of kind email, 16 bytes';
comment on column identity.person.phone_sealed is 'E.164';
comment on column identity.person.phone_index is 'blind index of kind phone, 16 bytes';

-- Codes live for ten minutes: those under way are asked for again.
delete from identity.challenge;
-- squawk-ignore require-concurrent-index-deletion
drop index identity.challenge_email;
-- squawk-ignore ban-drop-column
alter table identity.challenge drop column email;
-- squawk-ignore adding-required-field
alter table identity.challenge add column email_sealed bytea not null;
-- squawk-ignore adding-required-field
alter table identity.challenge add column email_index bytea not null;
-- squawk-ignore require-concurrent-index-creation
create index challenge_email on identity.challenge (email_index, created_at);

comment on column identity.challenge.email_sealed is
  'where the code went; whether anybody has it or not';
comment on column identity.challenge.email_index is 'blind index of kind email, 16 bytes';
