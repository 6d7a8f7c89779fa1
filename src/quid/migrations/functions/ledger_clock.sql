set local role quid_ledger_owner;

-- The clock that stamps every row. Tests and demo data set it ahead or back.
create or replace function ledger.now() returns timestamptz language sql volatile security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select clock_timestamp() + c.clock_ahead from ledger.calendar c;
end;

-- What the first block of a lane follows: binds the chain to its shard and lane.
create or replace function ledger.genesis(p_lane int2) returns bytea language sql immutable
set search_path = pg_catalog
return sha256('quid.ledger.1'::bytea || int2send(0::int2) || int2send(p_lane));

revoke all on function ledger.now, ledger.genesis from public;
grant execute on function ledger.now, ledger.genesis to quid_app, quid_recon;
reset role;
