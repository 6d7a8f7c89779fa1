-- Under which data key a document's file lies sealed: the file is not in the database.
alter table identity.document add column sealed_by int4 not null default 1;
alter table identity.document alter column sealed_by drop default;
comment on column identity.document.sealed_by is 'number of the data key (kit.data_key) of its file';
grant update (sealed_by) on identity.document to quid_app;
