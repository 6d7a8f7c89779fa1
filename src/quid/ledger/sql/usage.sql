-- What limits have counted, as ledger.post_batch counts it: whole slots, the oldest still inside.
-- name: used
-- reads: primary
-- home: shard
-- params: accounts bigint[], now timestamptz
select u.account_id, u.meter, sum(u.amount)::bigint as minor, sum(u.n)::int4 as n,
  to_timestamp((min(u.slot) + m.slots)::bigint * m.slot_seconds) as resets_at
from ledger.usage u
join ledger.meter m on m.id = u.meter
where u.account_id = any($1::bigint[]) and u.n > 0
  and u.slot > floor(extract(epoch from $2::timestamptz) / m.slot_seconds) - m.slots
group by u.account_id, u.meter, m.slots, m.slot_seconds
order by u.account_id, u.meter;
