-- Roles, and the tables of the cellar.
-- The roles cannot log in: pools enter them by SET ROLE, so one database URL is enough.
do $$
declare r text;
begin
  foreach r in array array['quid_ledger_owner', 'quid_app', 'quid_recon'] loop
    if not exists (select 1 from pg_catalog.pg_roles where rolname = r) then
      execute pg_catalog.format('create role %I nologin', r);
    end if;
  end loop;
exception
  when insufficient_privilege then
    raise exception 'this database user may not create roles: ask the administrator to run '
      '"create role quid_ledger_owner; create role quid_app; create role quid_recon;" '
      'and to grant all three to %', current_user;
end $$;

do $$ begin
  -- The migrating user acts for the roles; a superuser needs no grant.
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    execute pg_catalog.format('grant quid_ledger_owner, quid_app, quid_recon to %I', current_user);
  end if;
end $$;

grant usage on schema kit to quid_app, quid_recon;
grant select on kit.migration to quid_app, quid_recon;

-- home: the caller's bucket
create table kit.idempotency (
  user_id uuid not null,
  operation text not null,
  key_hash bytea not null,
  request_hash bytea not null,
  object_id uuid,
  status int2 not null,
  answer bytea not null,
  created_at timestamptz not null,
  primary key (user_id, operation, key_hash)
);
comment on table kit.idempotency is 'one row per key that had an effect or a stored refusal; for ever';
comment on column kit.idempotency.key_hash is 'SHA-256 of the key, first 16 bytes';
comment on column kit.idempotency.request_hash is 'SHA-256 of the canonical body, first 16 bytes';
comment on column kit.idempotency.object_id is 'what the first request made (a payment)';
comment on column kit.idempotency.status is 'HTTP status of the first answer';
comment on column kit.idempotency.answer is 'bytes of the first answer, sent again on a replay';

-- A finished key stays as it is, or it would move money again.
create function kit.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_schema || '.' || tg_table_name using errcode = '42501';
end $$;
create trigger idempotency_immutable before update or delete on kit.idempotency
  for each row execute function kit.refuse_change();
create trigger idempotency_no_truncate before truncate on kit.idempotency
  for each statement execute function kit.refuse_change();

-- Take keys in their sorted order, then read those that are finished: the second statement has a
-- snapshot younger than the locks, so what another transaction has just finished is seen.
-- `offset 0`: each key is looked up by the primary key. The planner may not turn the join around
-- and read the whole table, which it would while the table is new, in a plan that is kept.
create function kit.claim_keys(
  p_locks bigint[], p_users uuid[], p_operations text[], p_keys bytea[])
returns setof kit.idempotency language plpgsql as $$
begin
  perform pg_catalog.pg_advisory_xact_lock(k.lock) from unnest(p_locks) as k (lock);
  return query
    select i.*
    from unnest(p_users, p_operations, p_keys) as k (user_id, operation, key_hash)
    cross join lateral (
      select x.*
      from kit.idempotency x
      where x.user_id = k.user_id and x.operation = k.operation and x.key_hash = k.key_hash
      offset 0
    ) i;
end $$;

-- home: where the effect is. One partition a day, made 14 days ahead, dropped after 7.
create table kit.outbox (
  id uuid not null,
  topic text not null,
  key text not null,
  type text not null,
  payload text not null,
  xid xid8 not null default pg_catalog.pg_current_xact_id(),
  at timestamptz not null default pg_catalog.now(),
  primary key (at, id)
) partition by range (at);
create index outbox_order on kit.outbox (xid, id);
comment on table kit.outbox is 'facts written with their effects, read by consumers after commit';
comment on column kit.outbox.payload is 'the finished CloudEvents envelope: every reader sees the same bytes';
comment on column kit.outbox.xid is 'order of reading: (xid, id) below the oldest running transaction skips nobody';

-- home: where the consumer's effect is
create table kit.outbox_cursor (
  consumer text primary key,
  system_id text not null,
  xid xid8 not null default '0',
  id uuid not null default '00000000-0000-0000-0000-000000000000',
  moved_at timestamptz not null
);
comment on table kit.outbox_cursor is 'how far each consumer has read; moves in the transaction of its effects';
comment on column kit.outbox_cursor.system_id is 'identity of the database cluster whose xids these are';

create table kit.inbox (
  consumer text not null,
  event_id uuid not null,
  at timestamptz not null default pg_catalog.now(),
  primary key (consumer, event_id)
);
comment on table kit.inbox is 'what each consumer has done: a second delivery changes nothing; kept 30 days';

create table kit.parked_event (
  consumer text not null,
  event_id uuid not null,
  payload text not null,
  error text not null,
  tries int not null,
  at timestamptz not null default pg_catalog.now(),
  primary key (consumer, event_id)
);
comment on table kit.parked_event is 'events a consumer could not take; the stream goes on, an operator decides';

-- home: where the act is
create table kit.audit (
  id uuid primary key,
  at timestamptz not null,
  actor text not null,
  actor_type text not null check (actor_type in ('person', 'operator', 'system')),
  action text not null,
  resource_type text not null,
  resource_id text not null,
  outcome text not null,
  request_id text,
  details jsonb not null default '{}'
);
comment on table kit.audit is 'who did what, when, with which outcome; appended only, kept 7 years';

create trigger audit_immutable before update or delete on kit.audit
  for each row execute function kit.refuse_change();
create trigger audit_no_truncate before truncate on kit.audit
  for each statement execute function kit.refuse_change();

-- What runs as its owner ends its search path with pg_temp: unnamed it would come first, and a
-- caller's temporary table or type would stand in for the catalog's.
-- A partition is made as a plain table and then attached: `partition of` would wait for, and
-- block, every writer of the parent.
create function kit.ensure_outbox_days(p_from date, p_days int) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  d date;
  made int := 0;
  name text;
begin
  for d in select g::date from generate_series(p_from, p_from + p_days, interval '1 day') g loop
    name := 'outbox_' || to_char(d, 'YYYYMMDD');
    if to_regclass('kit.' || name) is null then
      execute format('create table kit.%I (like kit.outbox including all)', name);
      execute format('alter table kit.outbox attach partition kit.%I for values from (%L) to (%L)',
        name, d::timestamp at time zone 'UTC', (d + 1)::timestamp at time zone 'UTC');
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
-- A day that some reader has not passed stays: its events would be lost for that reader.
create function kit.drop_outbox_days(p_before date) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  name text;
  is_wanted boolean;
  gone int := 0;
begin
  for name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'kit.outbox'::regclass
      and c.relname < 'outbox_' || to_char(p_before, 'YYYYMMDD')
  loop
    execute format('select exists (select 1 from kit.%I o, kit.outbox_cursor c
      where (o.xid, o.id) > (c.xid, c.id))', name) into is_wanted;
    if not is_wanted then
      execute format('drop table kit.%I', name);
      gone := gone + 1;
    end if;
  end loop;
  return gone;
end $$;
revoke all on function kit.ensure_outbox_days(date, int), kit.drop_outbox_days(date) from public;
grant execute on function kit.ensure_outbox_days(date, int), kit.drop_outbox_days(date) to quid_app;
select kit.ensure_outbox_days((pg_catalog.now() at time zone 'UTC')::date - 1, 15);

grant select, insert on kit.idempotency to quid_app;
grant execute on function kit.claim_keys(bigint[], uuid[], text[], bytea[]) to quid_app;
grant select, insert on kit.outbox to quid_app;
grant select, insert, update on kit.outbox_cursor to quid_app;
grant select, insert, delete on kit.inbox to quid_app;
grant select, insert, delete on kit.parked_event to quid_app;
grant select, insert on kit.audit to quid_app;
grant insert on kit.outbox to quid_recon;
