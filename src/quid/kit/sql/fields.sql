-- name: keys
-- reads: primary
-- home: global
-- params: at timestamptz
-- The newest whose time has come seals; all processes know it before that. A clock that is behind
-- takes the first.
select
  k.number, k.purpose, k.wrapped, k.kek,
  k.number = (
    select coalesce(max(p.number) filter (where p.primary_from <= $1), min(p.number))
    from kit.data_key p
    where p.purpose = k.purpose and p.retired_at is null
  ) as is_primary
from kit.data_key k
where k.retired_at is null
order by k.number;

-- name: add_first_keys
-- reads: primary
-- home: global
-- params: purposes text[], wrapped bytea[], kek text, at timestamptz
-- Of two first processes the second waits for the numbers of the other, and adds nothing.
insert into kit.data_key (number, purpose, wrapped, kek, created_at, primary_from)
select i.number, i.purpose, i.wrapped, $3, $4, $4
from unnest($1::text[], $2::bytea[]) with ordinality as i (purpose, wrapped, number)
on conflict do nothing;

-- name: lock_keys
-- reads: primary
-- home: global
-- params:
select pg_catalog.pg_advisory_xact_lock(75, 1);

-- name: add_key
-- reads: primary
-- home: global
-- params: wrapped bytea, kek text, at timestamptz, primary_from timestamptz
-- Of two at once the second gives the number of the first: its time has not come yet either.
with coming as (
  select k.number
  from kit.data_key k
  where k.purpose = 'fields'
    and k.retired_at is null
    and k.primary_from > $3
),
made as (
  insert into kit.data_key (number, purpose, wrapped, kek, created_at, primary_from)
  select (select max(k.number) + 1 from kit.data_key k), 'fields', $1, $2, $3, $4
  where not exists (select from coming)
  returning number
)
select number from made
union all
select number from coming;

-- name: rewrap
-- reads: primary
-- home: global
-- params: number int4, old bytea, wrapped bytea, kek text
update kit.data_key
set wrapped = $3, kek = $4
where number = $1
  and wrapped = $2;

-- name: retire
-- reads: primary
-- home: global
-- params: numbers int4[], at timestamptz
-- The key itself is gone: what it sealed in a backup opens with that backup's row alone. Ten minutes
-- after another began to seal, no process that reaches the database seals with this one any more.
update kit.data_key k
set retired_at = $2, wrapped = ''
where k.number = any ($1)
  and k.purpose = 'fields'
  and k.retired_at is null
  and k.number < (
    select max(p.number)
    from kit.data_key p
    where p.purpose = 'fields'
      and p.retired_at is null
      and p.primary_from <= $2::timestamptz - interval '10 minutes'
  );
