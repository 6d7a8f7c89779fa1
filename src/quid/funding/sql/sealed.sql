-- Each pair: what another key than $1 has sealed; new bytes where the old ones still are.
-- The number of a key stands in the second and third byte.

-- name: source_token_older
-- reads: primary
-- home: shard
-- params: number int4, many bigint
select t.id, t.user_id as owner, t.token as sealed
from funding.source t
where t.token is not null
  and get_byte(t.token, 1) * 256 + get_byte(t.token, 2) <> $1
order by t.id
limit $2;

-- name: source_token_put
-- reads: primary
-- home: shard
-- params: ids uuid[], old bytea[], sealed bytea[]
update funding.source t
set token = i.sealed
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, old, sealed)
where t.id = i.id
  and t.token = i.old;

-- name: source_amounts_older
-- reads: primary
-- home: shard
-- params: number int4, many bigint
select t.id, t.user_id as owner, t.amounts as sealed
from funding.source t
where t.amounts is not null
  and get_byte(t.amounts, 1) * 256 + get_byte(t.amounts, 2) <> $1
order by t.id
limit $2;

-- name: source_amounts_put
-- reads: primary
-- home: shard
-- params: ids uuid[], old bytea[], sealed bytea[]
update funding.source t
set amounts = i.sealed
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, old, sealed)
where t.id = i.id
  and t.amounts = i.old;

-- name: ending_token_older
-- reads: primary
-- home: shard
-- params: number int4, many bigint
select t.id, t.user_id as owner, t.token as sealed
from funding.ending t
where t.token is not null
  and get_byte(t.token, 1) * 256 + get_byte(t.token, 2) <> $1
order by t.id
limit $2;

-- name: ending_token_put
-- reads: primary
-- home: shard
-- params: ids uuid[], old bytea[], sealed bytea[]
update funding.ending t
set token = i.sealed
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, old, sealed)
where t.id = i.id
  and t.token = i.old;

-- name: inbox_raw_older
-- reads: primary
-- home: global
-- params: number int4, many bigint
select t.id, '00000000-0000-0000-0000-000000000000'::uuid as owner, t.raw as sealed
from funding.inbox t
where get_byte(t.raw, 1) * 256 + get_byte(t.raw, 2) <> $1
order by t.id
limit $2;

-- name: inbox_raw_put
-- reads: primary
-- home: global
-- params: ids uuid[], old bytea[], sealed bytea[]
update funding.inbox t
set raw = i.sealed
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, old, sealed)
where t.id = i.id
  and t.raw = i.old;

-- name: event_raw_older
-- reads: primary
-- home: global
-- params: number int4, many bigint
select t.id, '00000000-0000-0000-0000-000000000000'::uuid as owner, t.raw as sealed
from funding.event t
where get_byte(t.raw, 1) * 256 + get_byte(t.raw, 2) <> $1
order by t.id
limit $2;

-- name: event_raw_put
-- reads: primary
-- home: global
-- params: ids uuid[], old bytea[], sealed bytea[]
update funding.event t
set raw = i.sealed
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as i (id, old, sealed)
where t.id = i.id
  and t.raw = i.old;
