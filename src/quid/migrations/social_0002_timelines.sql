-- Timelines: which payments a person may find in their feed. Ids alone: what a payment says, and
-- whether it may still be seen, is read each time it is shown.
-- home: global (the viewer's, once timelines live elsewhere)
create table social.timeline (
  viewer_id uuid not null,
  completed_at timestamptz not null,
  payment_id uuid not null,
  primary key (viewer_id, completed_at, payment_id)
) partition by range (completed_at);
comment on table social.timeline is
  'one row for each person who may find a payment in their feed; a partition per month';
comment on column social.timeline.viewer_id is 'in whose feed';
comment on column social.timeline.completed_at is 'when the money moved; the order of the feed';

-- Make the monthly partitions from the month of p_from to p_months after it. Each is made as a
-- plain table, then attached: "partition of" would wait for, and block, every reader of a feed.
create function social.ensure_timeline_months(p_from date, p_months int) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  month date;
  name text;
  made int := 0;
begin
  perform pg_advisory_xact_lock(82, 4);   -- two makers at once would collide
  for month in
    select (date_trunc('month', p_from) + make_interval(months => m))::date
    from generate_series(0, p_months) m
  loop
    name := 'timeline_' || to_char(month, 'YYYYMM');
    continue when to_regclass('social.' || name) is not null;
    execute format('create table social.%I (like social.timeline including all)', name);
    execute format('alter table social.timeline attach partition social.%I for values from (%L) to (%L)',
      name, month::timestamp at time zone 'UTC',
      (month + interval '1 month') at time zone 'UTC');
    made := made + 1;
  end loop;
  return made;
end $$;
comment on function social.ensure_timeline_months is 'make monthly partitions; gives the number made';

create function social.drop_timeline_months(p_before date) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  name text;
  gone int := 0;
begin
  perform pg_advisory_xact_lock(82, 4);
  for name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'social.timeline'::regclass
      and c.relname < 'timeline_' || to_char(p_before, 'YYYYMM')
    order by 1
  loop
    execute format('drop table social.%I', name);
    gone := gone + 1;
  end loop;
  return gone;
end $$;
comment on function social.drop_timeline_months is
  'drop the partitions of the months before the one given; gives the number dropped';

grant select, insert, delete on social.timeline to quid_app;
revoke all on function social.ensure_timeline_months, social.drop_timeline_months from public;
grant execute on function social.ensure_timeline_months, social.drop_timeline_months to quid_app;
-- What completed before there were timelines is back-filled for as long as it is promised.
select social.ensure_timeline_months((now() at time zone 'UTC')::date - 123, 7);
