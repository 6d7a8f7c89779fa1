-- What two operators decide together.
-- home: where the act is
create table kit.approval (
  id uuid primary key,
  act text not null,
  resource_type text not null,
  resource_id text not null,
  payload jsonb not null,
  people uuid[] not null,
  reason text not null check (char_length(reason) between 10 and 500),
  asked_by uuid not null,
  asked_role text not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > asked_at),
  decision text check (decision in ('APPROVED', 'REFUSED')),
  decided_by uuid,
  decided_at timestamptz,
  decided_reason text check (char_length(decided_reason) between 10 and 500),
  -- Two persons: whatever the code above says.
  check (decided_by <> asked_by),
  check (num_nulls(decision, decided_by, decided_at, decided_reason) in (0, 4)),
  check (decided_at < expires_at)
);
create index approval_open on kit.approval (expires_at) where decision is null;
comment on table kit.approval is
  'acts that need two operators: one asks, another decides within a day, then it happens';
comment on column kit.approval.act is 'name of the act, as in the audit log';
comment on column kit.approval.payload is 'what the act must know to happen; ids and choices';
comment on column kit.approval.people is 'whose affairs it touches: no operator close to them decides';
comment on column kit.approval.decision is 'empty while open; a question past expires_at is dead';

-- A decision is made once and stays.
create function kit.refuse_second_decision() returns trigger language plpgsql as $$
begin
  if old.decision is not null
    or (new.id, new.act, new.resource_type, new.resource_id, new.payload, new.people, new.reason,
        new.asked_by, new.asked_role, new.asked_at, new.expires_at)
      is distinct from
      (old.id, old.act, old.resource_type, old.resource_id, old.payload, old.people, old.reason,
        old.asked_by, old.asked_role, old.asked_at, old.expires_at)
  then
    raise exception 'kit.approval: a decision stands, and so does the question'
      using errcode = '42501';
  end if;
  return new;
end $$;
create trigger approval_decided_once before update on kit.approval
  for each row execute function kit.refuse_second_decision();
create trigger approval_kept before delete on kit.approval
  for each row execute function kit.refuse_change();
create trigger approval_no_truncate before truncate on kit.approval
  for each statement execute function kit.refuse_change();
grant select, insert, update on kit.approval to quid_app;

-- The audit log in monthly parts for its seven years, with the address an act came from, indexes to
-- find by, and the transaction that wrote each row: the order in which a job chains them.
drop trigger audit_immutable on kit.audit;
-- Its name goes to the new table in the same transaction.
-- squawk-ignore renaming-table
alter table kit.audit rename to audit_before;
-- squawk-ignore renaming-object
alter index kit.audit_pkey rename to audit_before_pkey;
revoke all on kit.audit_before from quid_app;
alter table kit.audit_before
  add column ip text,
  -- Stable, so it is worked out once: no row is rewritten.
  -- squawk-ignore adding-field-with-default
  add column xid xid8 not null default pg_catalog.pg_current_xact_id();

create table kit.audit (
  like kit.audit_before including defaults including constraints, primary key (id)
) partition by range (id);
comment on table kit.audit is 'who did what, when, with which outcome; appended only, kept 7 years';
comment on column kit.audit.ip is 'network address the act came from; empty for jobs and commands';
comment on column kit.audit.xid is 'who wrote it: below the oldest running one, no row comes late';
create index audit_order on kit.audit (xid, id);
create index audit_actor on kit.audit (actor, id);
create index audit_action on kit.audit (action, id);
create index audit_resource on kit.audit (resource_id, id);
create trigger audit_immutable before update or delete on kit.audit
  for each row execute function kit.refuse_change();
create trigger audit_no_truncate before truncate on kit.audit
  for each statement execute function kit.refuse_change();
grant select, insert on kit.audit to quid_app;

-- First and lowest id of a UTC day.
create function kit.first_id_of(p_day date) returns uuid language sql immutable
set search_path = pg_catalog
return (lpad(to_hex((extract(epoch from p_day::timestamp) * 1000)::bigint), 12, '0')
  || repeat('0', 20))::uuid;

-- A partition is made as a plain table, then attached: "partition of" would block every writer.
create function kit.ensure_audit_months(p_from date, p_months int) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  month date;
  name text;
  made int := 0;
begin
  perform pg_advisory_xact_lock(82, 2);   -- two makers at once would collide
  for month in
    select g::date from generate_series(date_trunc('month', p_from::timestamp),
      date_trunc('month', p_from::timestamp) + make_interval(months => p_months),
      interval '1 month') g
  loop
    name := 'audit_' || to_char(month, 'YYYYMM');
    continue when to_regclass('kit.' || name) is not null
      or month < (select c.first_month from kit.audit_calendar c);
    execute format('create table kit.%I (like kit.audit including all)', name);
    execute format('create trigger audit_no_truncate before truncate on kit.%I '
      'for each statement execute function kit.refuse_change()', name);
    execute format('alter table kit.audit attach partition kit.%I for values from (%L) to (%L)',
      name, kit.first_id_of(month), kit.first_id_of((month + interval '1 month')::date));
    made := made + 1;
  end loop;
  return made;
end $$;
comment on function kit.ensure_audit_months is 'make monthly partitions; gives the number made';

-- What stands so far is the first part. Ids of no time at all have a part too: no act may fail
-- because its line finds no place.
create table kit.audit_calendar (
  is_only boolean primary key default true check (is_only),
  first_month date not null
);
comment on table kit.audit_calendar is 'the month from which the audit log has a part for each';
insert into kit.audit_calendar (first_month)
  select (pg_catalog.date_trunc('month', pg_catalog.now() at time zone 'UTC') + interval '1 month')::date;
do $$ begin
  execute pg_catalog.format('alter table kit.audit attach partition kit.audit_before '
    'for values from (minvalue) to (%L)',
    (select kit.first_id_of(c.first_month) from kit.audit_calendar c));
end $$;
create table kit.audit_other partition of kit.audit default;
create trigger audit_no_truncate before truncate on kit.audit_other
  for each statement execute function kit.refuse_change();
select kit.ensure_audit_months((select c.first_month from kit.audit_calendar c), 12);

-- home: where the acts are
create table kit.audit_block (
  no bigint primary key check (no > 0),
  ids uuid[] not null check (cardinality(ids) > 0),
  marks bytea not null check (octet_length(marks) = 8 * cardinality(ids)),
  low uuid not null,
  high uuid not null,
  xid xid8 not null,
  system_id text not null,
  at timestamptz not null,
  prev bytea not null check (octet_length(prev) = 32),
  hash bytea not null check (octet_length(hash) = 32)
);
create index audit_block_span on kit.audit_block (high, low);
comment on table kit.audit_block is 'the chain of the audit log: up to 1,000 rows a block';
comment on column kit.audit_block.no is 'without a gap';
comment on column kit.audit_block.ids is 'rows in the order of the chain, (xid, id)';
comment on column kit.audit_block.marks is '8 bytes of each row''s hash: they name the row that differs';
comment on column kit.audit_block.low is 'lowest of the ids';
comment on column kit.audit_block.high is 'highest of the ids';
comment on column kit.audit_block.xid is 'of the last row: the chain goes on from (xid, its id)';
comment on column kit.audit_block.system_id is 'identity of the database cluster whose xids these are';
comment on column kit.audit_block.hash is
  'SHA-256 of prev, no, at in microseconds, the number of rows, and the whole hash of each row';
create trigger audit_block_immutable before update or delete on kit.audit_block
  for each row execute function kit.refuse_change();
create trigger audit_block_no_truncate before truncate on kit.audit_block
  for each statement execute function kit.refuse_change();
grant select on kit.audit_block to quid_app;

-- What a row says, as one text; `quid audit verify` writes it by itself.
create function kit.audit_line(a kit.audit) returns text language sql immutable
return row(a.id, (extract(epoch from a.at) * 1000000)::bigint, a.actor, a.actor_type, a.action,
  a.resource_type, a.resource_id, a.ip, a.request_id, a.details, a.outcome, a.xid)::text;

-- Chain what was committed since, in the order (xid, id) below the oldest running transaction, as
-- the outbox reads. In a restored database the numbers of transactions begin again: there, what an
-- older block holds is left out.
create function kit.chain_audit(p_blocks int)
returns table (no bigint, rows int, hash bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  last kit.audit_block;
  here text := (select c.system_identifier::text from pg_control_system() c);
  is_restored boolean;
  made kit.audit_block;
begin
  perform pg_advisory_xact_lock(82, 3);   -- one at a time
  select b.* into last from kit.audit_block b order by b.no desc limit 1;
  is_restored := exists (select from kit.audit_block b where b.system_id <> here);
  for i in 1..p_blocks loop
    with page as (
      select a.id, a.xid, sha256(convert_to(kit.audit_line(a), 'UTF8')) as hash
      from kit.audit a
      where (a.xid, a.id) > (
          case when last.system_id = here then last.xid else '0'::xid8 end,
          case when last.system_id = here then last.ids[cardinality(last.ids)]
            else '00000000-0000-0000-0000-000000000000'::uuid end)
        and a.xid < pg_snapshot_xmin(pg_current_snapshot())
        and (not is_restored or not exists (
          select from kit.audit_block b
          where b.system_id <> here and b.high >= a.id and b.low <= a.id and a.id = any (b.ids)))
      order by a.xid, a.id
      limit 1000
    ), rolled as (
      select array_agg(p.id order by p.xid, p.id) as ids,
        string_agg(substr(p.hash, 1, 8), ''::bytea order by p.xid, p.id) as marks,
        string_agg(p.hash, ''::bytea order by p.xid, p.id) as hashes,
        (array_agg(p.id order by p.id))[1] as low,
        (array_agg(p.id order by p.id desc))[1] as high,
        max(p.xid) as xid
      from page p
    ), fresh as (
      select r.*, coalesce(last.no, 0) + 1 as no, clock_timestamp() as at,
        coalesce(last.hash, sha256('quid audit'::bytea)) as prev
      from rolled r
      where r.ids is not null
    )
    insert into kit.audit_block (no, ids, marks, low, high, xid, system_id, at, prev, hash)
    select f.no, f.ids, f.marks, f.low, f.high, f.xid, here, f.at, f.prev,
      sha256(f.prev || convert_to(format('%s %s %s', f.no,
        (extract(epoch from f.at) * 1000000)::bigint, cardinality(f.ids)), 'UTF8') || f.hashes)
    from fresh f
    returning * into made;
    exit when not found;
    last := made;
    no := made.no;
    rows := cardinality(made.ids);
    hash := made.hash;
    return next;
    exit when rows < 1000;
  end loop;
end $$;
comment on function kit.chain_audit is 'chain new rows of the audit log; gives the blocks made';
revoke all on function kit.chain_audit(int), kit.ensure_audit_months(date, int) from public;
grant execute on function kit.chain_audit(int), kit.ensure_audit_months(date, int) to quid_app;
