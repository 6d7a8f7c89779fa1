-- Findings are written by reconciliation and the live auditor, as quid_recon.

-- name: add
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: ids uuid[], run uuid, checks text[], severities text[], accounts bigint[], owners uuid[], transfers uuid[], causes uuid[], calculated bigint[], actual bigint[], places text[], at timestamptz
insert into ledger.recon_finding (id, run_id, "check", severity, account_id, owner, transfer_id,
  cause_id, calculated, actual, place, at)
select f.id, $2, f."check", f.severity, f.account_id, f.owner, f.transfer_id, f.cause_id,
  f.calculated, f.actual, f.place, $12
from unnest($1::uuid[], $3::text[], $4::text[], $5::bigint[], $6::uuid[], $7::uuid[], $8::uuid[],
    $9::bigint[], $10::bigint[], $11::text[])
  f (id, "check", severity, account_id, owner, transfer_id, cause_id, calculated, actual, place);

-- name: freeze
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: accounts bigint[]
select ledger.freeze_for_drift($1);

-- name: unpaged
-- reads: primary
-- home: shard
-- params: many bigint
select f.id, f."check", f.place, f.calculated, f.actual, f.at
from ledger.recon_finding f
where f.paged_at is null and f.severity = 'page'
order by f.at, f.id
limit $1;

-- name: mark_paged
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: ids uuid[], at timestamptz
update ledger.recon_finding set paged_at = $2 where id = any ($1) and paged_at is null;
