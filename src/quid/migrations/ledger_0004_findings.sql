-- The live auditor: where it stands and what is still open. Findings that page, freeze and end.
set local role quid_ledger_owner;

-- home: shard
create table ledger.audit_cursor (
  lane int2 primary key,
  block_no bigint not null,
  hash bytea not null,
  at timestamptz not null
);
comment on table ledger.audit_cursor is 'the last block of each lane that the live auditor has recomputed';
comment on column ledger.audit_cursor.lane is 'chain';
comment on column ledger.audit_cursor.block_no is 'last block recomputed';
comment on column ledger.audit_cursor.hash is 'hash of that block';
comment on column ledger.audit_cursor.at is 'instant of that block';

-- home: shard, by the bucket in the account's id
create table ledger.open_item (
  account_id bigint not null,
  cause_id uuid not null,
  kind int2 not null references ledger.chart,
  net bigint not null check (net <> 0),
  since timestamptz not null,
  primary key (account_id, cause_id)
);
create index on ledger.open_item (kind, since);
comment on table ledger.open_item is 'what has not drained from a clearing account, by its cause; kept by the live auditor';
comment on column ledger.open_item.account_id is 'clearing account';
comment on column ledger.open_item.cause_id is 'business object whose legs do not add up to zero there';
comment on column ledger.open_item.kind is 'kind of the account';
comment on column ledger.open_item.net is 'credits minus debits of that cause, minor units';
comment on column ledger.open_item.since is 'instant of the leg that opened it';

alter table ledger.recon_finding
  -- squawk-ignore ban-drop-not-null
  alter column run_id drop not null,
  add column transfer_id uuid,
  add column cause_id uuid,
  add column paged_at timestamptz,
  add column acknowledged_at timestamptz,
  add column acknowledged_by uuid,
  add column acknowledged_reason text,
  add column resolved_at timestamptz,
  add column resolved_by uuid,
  add column resolved_reason text;
-- Findings and runs are few: these indexes are made in an instant.
-- squawk-ignore require-concurrent-index-creation
create index on ledger.recon_finding (at) where paged_at is null and severity = 'page';
-- squawk-ignore require-concurrent-index-creation
create index on ledger.recon_finding (at, id);
-- squawk-ignore require-concurrent-index-creation
create index on ledger.recon_finding (account_id) where resolved_at is null;
comment on column ledger.recon_finding.run_id is 'run that found it; null = the live auditor';
comment on column ledger.recon_finding.transfer_id is 'transfer concerned, where one is';
comment on column ledger.recon_finding.cause_id is 'open item concerned, where one is';
comment on column ledger.recon_finding.paged_at is 'when somebody was called; null = not yet, or a warning';
comment on column ledger.recon_finding.acknowledged_at is 'when an operator took it';
comment on column ledger.recon_finding.acknowledged_by is 'that operator';
comment on column ledger.recon_finding.acknowledged_reason is 'what the operator said';
comment on column ledger.recon_finding.resolved_at is 'when it was over';
comment on column ledger.recon_finding.resolved_by is 'operator who said so';
comment on column ledger.recon_finding.resolved_reason is 'why it is over, in words';

-- squawk-ignore require-concurrent-index-creation
create index on ledger.recon_run (started_at, id);

grant select on ledger.audit_cursor, ledger.open_item to quid_app, quid_recon;
grant insert, update on ledger.audit_cursor to quid_recon;
grant insert, update, delete on ledger.open_item to quid_recon;
grant update (paged_at) on ledger.recon_finding to quid_recon;
reset role;
