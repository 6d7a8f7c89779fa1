-- Day seals are made in short reads and one insert, as quid_recon.

-- The instant that everything began (null = nothing has), the last sealed day, and the clock.
-- name: calendar
-- reads: primary
-- home: shard
select least(
    (select e.at from ledger.account_event e order by e.id limit 1),
    (select min(f.at) from ledger.lane l
      cross join lateral (select b.at from ledger.block b
        where b.lane = l.lane order by b.no limit 1) f)) as began_at,
  (select max(s.day) from ledger.seal s) as last_day,
  ledger.now() as now;

-- name: close_day
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: day date
select ledger.close_day($1);

-- name: lane_ends
-- reads: primary
-- home: shard
select l.lane, l.block_no
from ledger.lane l
order by l.lane;

-- Some blocks by lane and number.
-- name: blocks
-- reads: primary
-- home: shard
-- params: lanes int2[], nos bigint[]
select w.lane, w.no, b.at, b.hash
from unnest($1::int2[], $2::bigint[]) w (lane, no)
join ledger.block b on b.lane = w.lane and b.no = w.no;

-- What some blocks of a lane hold.
-- name: sums
-- reads: primary
-- home: shard
-- params: lane int2, after bigint, upto bigint
select j.currency::text as currency, count(*) as transfers, sum(j.amount) as amount
from ledger.block b
cross join lateral unnest(b.ids) u (id)
join ledger.journal j on j.id = u.id
where b.lane = $1 and b.no > $2 and b.no <= $3
group by j.currency
order by j.currency;

-- name: events
-- reads: primary
-- home: shard
-- params: start timestamptz, finish timestamptz
select e.id, e.account_id, e.at, e.what, e.flags, e.floor, e.ceil, e.actor
from ledger.account_event e
where e.at >= $1 and e.at < $2
order by e.at, e.id;

-- name: keep
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: day date, body text, hash bytea, signature bytea, key bytea, at timestamptz
insert into ledger.seal (day, body, hash, signature, key, sealed_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (day) do nothing;

-- name: seals
-- reads: primary
-- home: shard
-- params: after date
select s.day, s.body, s.signature, s.key
from ledger.seal s
where s.day > $1
order by s.day;
