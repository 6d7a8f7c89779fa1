-- name: keys
-- reads: primary
-- home: global
-- params: at timestamptz
-- The newest whose time has come seals; all processes know it before that. A clock that is behind
-- takes the first.
select
  k.number, k.purpose, k.wrapped,
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
