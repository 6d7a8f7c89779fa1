set local role quid_ledger_owner;

-- End a UTC day: lift every lane to midnight, so that no block of that day can follow.
-- The lanes are locked in order and together; a payment holds one of them for some milliseconds
-- and waits for nothing after it.
create or replace function ledger.close_day(p_day date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  midnight constant timestamptz := (p_day + 1)::timestamp at time zone 'UTC';
begin
  -- A minute: whoever makes a new lane at this moment does not see what follows.
  if ledger.now() < midnight + interval '1 minute' then
    raise exception '% has not ended', p_day using errcode = '22023';
  end if;
  update ledger.calendar set closed_until = greatest(closed_until, midnight);
  perform from (select l.lane from ledger.lane l order by l.lane for update) locked;
  update ledger.lane set last_at = midnight where last_at < midnight;
end $$;

-- Freeze the accounts of people on which the books differ; give those that were not frozen yet.
-- This is the one thing that reconciliation may do to an account.
create or replace function ledger.freeze_for_drift(p_accounts bigint[]) returns bigint[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  frozen bigint[];
begin
  perform from (select a.id from ledger.account a where a.id = any (p_accounts) order by a.id
    for no key update) locked;
  with changed as (
    update ledger.account a set flags = a.flags | 2
      where a.id = any (p_accounts) and a.owner is not null and a.flags & 2 = 0
      returning a.id, a.flags, a.floor, a.ceil
  ), told as (
    insert into ledger.account_event (account_id, at, what, flags, floor, ceil, actor)
      select c.id, ledger.now(), 'flags', c.flags, c.floor, c.ceil, 'reconciliation' from changed c
      returning account_id)
  select array_agg(t.account_id order by t.account_id) into frozen from told t;
  return coalesce(frozen, '{}');
end $$;

-- Write what an operator says of a finding: once that it was taken, once that it is over.
-- Gives whether this call changed anything; null = there is no such finding.
create or replace function ledger.settle_finding(
  p_id uuid, p_is_over boolean, p_by uuid, p_reason text, p_at timestamptz)
returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update ledger.recon_finding f set
      acknowledged_at = coalesce(f.acknowledged_at, p_at),
      acknowledged_by = coalesce(f.acknowledged_by, p_by),
      acknowledged_reason = coalesce(f.acknowledged_reason, p_reason),
      resolved_at = case when p_is_over then p_at end,
      resolved_by = case when p_is_over then p_by end,
      resolved_reason = case when p_is_over then p_reason end
    where f.id = p_id and f.resolved_at is null and (p_is_over or f.acknowledged_at is null);
  if found then
    return true;
  end if;
  return (select false from ledger.recon_finding f where f.id = p_id);
end $$;

revoke all on function ledger.close_day, ledger.freeze_for_drift, ledger.settle_finding from public;
grant execute on function ledger.close_day, ledger.freeze_for_drift to quid_recon;
grant execute on function ledger.settle_finding to quid_app;
reset role;
