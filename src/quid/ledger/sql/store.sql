-- name: post
-- reads: primary
-- home: shard
-- params: lane int2, clock timestamptz, accounts bigint[], ids uuid[], debits int[], credits int[], amounts bigint[], codes int2[], flags int2[], causes uuid[], pair_accounts int[], pair_meters int2[], check_last int[], check_pairs int[], caps_minor bigint[], caps_count int[], tags text[], group_first int[], source_ids uuid[], source_at int[], expires timestamptz[], purposes int2[], effective timestamptz[]
select r.results, r.replayed, r.debit_seq, r.debit_after, r.credit_after, r.recorded_at, r.tags, r.used,
  r.resets_at, r.clock_apart, r.moved
from ledger.post_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
  $18, $19, $20, $21, $22, $23) r;

-- name: open_accounts
-- reads: primary
-- home: shard
-- params: owners uuid[], kinds int2[], currencies text[], parts int2[], buckets int2[], actor text
select ledger.open_accounts($1, $2, $3, $4, $5, $6);

-- name: set_flags
-- reads: primary
-- home: shard
-- params: account bigint, to_set int2, to_clear int2, actor text
select f.flags, f.is_refused from ledger.set_flags($1, $2, $3, $4) f;

-- name: set_floor
-- reads: primary
-- home: shard
-- params: account bigint, lowest bigint, actor text
select ledger.set_floor($1, $2, $3);

-- name: lock_accounts
-- reads: primary
-- home: shard
-- params: accounts bigint[]
select ledger.lock_accounts($1);

-- name: consume
-- reads: primary
-- home: shard
-- params: account bigint, amount bigint, meters int2[], caps_minor bigint[], caps_count int[], tags text[]
select c.counted_at, c.tag, c.used, c.resets_at from ledger.consume($1, $2, $3, $4, $5, $6) c;

-- name: give_back
-- reads: primary
-- home: shard
-- params: account bigint, meters int2[], amount bigint, counted_at timestamptz
select ledger.give_back($1, $2, $3, $4);

-- name: ensure_partitions
-- reads: primary
-- home: shard
-- params: from date, months int
select ledger.ensure_partitions($1, $2);

-- name: forget_usage
-- reads: primary
-- home: shard
-- params: now timestamptz
select ledger.forget_usage($1);
