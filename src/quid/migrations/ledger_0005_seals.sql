-- Day seals: what the books were at midnight, signed by a key that the database does not have.
set local role quid_ledger_owner;

-- home: shard
create table ledger.seal (
  day date primary key,
  body text not null,
  hash bytea not null,
  signature bytea not null,
  key bytea not null,
  sealed_at timestamptz not null
);
comment on table ledger.seal is 'one row per ended UTC day; a copy stands in a file outside the database';
comment on column ledger.seal.day is 'UTC day';
comment on column ledger.seal.body is 'the heads of all lanes, counts, sums and the seal before, as canonical JSON';
comment on column ledger.seal.hash is 'SHA-256 of the body, which the next seal names';
comment on column ledger.seal.signature is 'Ed25519 over the body';
comment on column ledger.seal.key is 'public key of the signature';
comment on column ledger.seal.sealed_at is 'when it was made';
create trigger immutable before update or delete on ledger.seal
  for each row execute function ledger.refuse_change();
create trigger no_truncate before truncate on ledger.seal
  for each statement execute function ledger.refuse_change();

alter table ledger.calendar add column closed_until timestamptz;
comment on column ledger.calendar.closed_until is 'no block is written before this instant; null = no day was closed yet';

-- One pass over the table, and it waits for no payment: those write no event.
-- squawk-ignore require-concurrent-index-creation
create index on ledger.account_event using brin (at);

-- A lane that begins after a day was closed may not write into it, whatever its clock says.
create function ledger.begin_lane() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  select greatest(new.last_at, c.closed_until) into new.last_at from ledger.calendar c;
  return new;
end $$;
create trigger begin_lane before insert on ledger.lane
  for each row execute function ledger.begin_lane();
revoke all on function ledger.begin_lane from public;

grant select on ledger.seal to quid_app, quid_recon;
grant insert on ledger.seal to quid_recon;
reset role;
