-- ledger.free_accounts: which of these accounts nobody else holds locked right now. A lane whose
-- batch met a locked row asks, so that only the items of that row are put off.
set local role quid_ledger_owner;
create or replace function ledger.free_accounts(p_accounts bigint[]) returns setof bigint
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.id from ledger.account a where a.id = any (p_accounts)
  order by a.id for no key update skip locked;
$$;
revoke all on function ledger.free_accounts(bigint[]) from public;
grant execute on function ledger.free_accounts(bigint[]) to quid_app;
reset role;
