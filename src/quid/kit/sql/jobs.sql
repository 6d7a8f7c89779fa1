-- name: try_lock
-- reads: primary
-- home: shard
-- params: class integer, name integer
select pg_try_advisory_xact_lock($1::integer, $2::integer) as is_mine;
