-- Data keys: what sealed fields are sealed with. Wrapped by a key that is never in the database.

-- home: reference (written at global, copied to each shard)
create table kit.data_key (
  number int4 primary key check (number between 1 and 65535),
  purpose text not null check (purpose in ('fields', 'index')),
  wrapped bytea not null,
  kek text not null,
  created_at timestamptz not null,
  primary_from timestamptz not null,
  retired_at timestamptz
);
comment on table kit.data_key is 'keys of sealed fields and of blind indexes, each wrapped';
comment on column kit.data_key.number is 'stands in the head of each field that it sealed';
comment on column kit.data_key.purpose is
  'fields: seals; index: hashes values to find them by, and never changes';
comment on column kit.data_key.wrapped is 'sealed by the wrapping key named in kek';
comment on column kit.data_key.kek is 'the wrapping key; local: field_kek of the secrets file';
comment on column kit.data_key.created_at is 'instant of making';
comment on column kit.data_key.primary_from is
  'seals from here on; in the future, until every process knows it';
comment on column kit.data_key.retired_at is 'nothing is sealed by it any more';

grant select, insert on kit.data_key to quid_app;
