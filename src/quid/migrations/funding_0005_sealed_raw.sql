-- What providers send names people, their cards and tokens: its bytes are sealed like our own.
-- No release has kept any of it: there is nothing to seal here.

alter table funding.inbox drop constraint inbox_raw_check;
alter table funding.inbox add constraint inbox_raw_check
  check (octet_length(raw) <= 262144 + 64) not valid;
alter table funding.inbox validate constraint inbox_raw_check;
comment on column funding.inbox.raw is 'sealed: the signed bytes';
comment on column funding.event.raw is 'sealed: the line as it came';
