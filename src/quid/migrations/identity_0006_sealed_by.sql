-- Under which data key a document's file lies sealed: the file is not in the database. A process of
-- the release before knows one key alone, the first.
alter table identity.document add column sealed_by int4 not null default 1;
comment on column identity.document.sealed_by is 'number of the data key (kit.data_key) of its file';
grant update (sealed_by) on identity.document to quid_app;
