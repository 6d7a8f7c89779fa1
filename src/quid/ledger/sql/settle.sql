-- name: settle
-- reads: primary
-- home: shard
-- params: id uuid, is_over boolean, by uuid, reason text, at timestamptz
select ledger.settle_finding($1, $2, $3, $4, $5);
