set local role quid_ledger_owner;

-- Open accounts, once each by their natural key; give their ids in the order asked.
-- Sorted by that key, so that two callers who open the same ones take turns.
create or replace function ledger.open_accounts(
  p_owners uuid[], p_kinds int2[], p_currencies text[], p_parts int2[], p_buckets int2[], p_actor text)
returns bigint[] language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_ids bigint[];
  t constant timestamptz := ledger.now();
begin
  for attempt in 1 .. 10 loop
    select array_agg(a.id order by w.o) into found_ids
      from unnest(p_owners, p_kinds, p_currencies, p_parts, p_buckets)
        with ordinality w (owner, kind, currency, part, bucket, o)
      left join ledger.account a on a.owner is not distinct from w.owner and a.kind = w.kind
        and a.currency = w.currency and a.part = w.part and a.bucket = w.bucket;
    if array_position(found_ids, null) is null then
      return found_ids;
    end if;
    if exists (select from unnest(p_currencies) c where c !~ '^[A-Z]{3}$') then
      raise exception 'a currency is three capital letters' using errcode = '22023';
    end if;
    with made as (
      insert into ledger.account (id, owner, kind, currency, part, bucket, floor, ceil, changed_at)
        select w.bucket::bigint << 40 | floor(random() * 1099511627776)::bigint,
            w.owner, w.kind, w.currency, w.part, w.bucket, c.floor, c.ceil, t
          from (select distinct * from unnest(p_owners, p_kinds, p_currencies, p_parts, p_buckets)
            v (owner, kind, currency, part, bucket)) w
          join ledger.chart c on c.kind = w.kind
          order by w.bucket, w.owner, w.kind, w.currency, w.part
        on conflict do nothing
        returning id, floor, ceil)
    insert into ledger.account_event (account_id, at, what, flags, floor, ceil, actor)
      select m.id, t, 'opened', 0, m.floor, m.ceil, p_actor from made m;
  end loop;
  raise exception 'accounts could not be opened: is every kind in ledger.chart?'
    using errcode = '22023';
end $$;

-- Set and clear bits of an account; give the flags after. CLOSED is refused while money is in it,
-- or set aside from it.
create or replace function ledger.set_flags(
  p_account bigint, p_set int2, p_clear int2, p_actor text,
  out flags int2, out is_refused boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  old record;
begin
  if (p_set | p_clear) not between 0 and 7 then
    raise exception 'unknown flags' using errcode = '22023';
  end if;
  select a.flags, a.credits - a.debits as net, a.floor, a.ceil into old
    from ledger.account a where a.id = p_account for no key update;
  is_refused := p_set & 4 <> 0 and (old.net <> 0 or exists (
    select from ledger.hold h where h.account_id = p_account and h.closed_at is null));
  flags := (old.flags & ~ p_clear) | p_set;
  if is_refused or flags is null or flags = old.flags then
    return;
  end if;
  update ledger.account a set flags = set_flags.flags where a.id = p_account;
  insert into ledger.account_event (account_id, at, what, flags, floor, ceil, actor)
    values (p_account, ledger.now(), 'flags', set_flags.flags, old.floor, old.ceil, p_actor);
end $$;

-- Say how far down an advance may go: the credit that its person may have, as a negative net.
-- Gives whether there is such an account. Other kinds keep the bounds of the chart.
create or replace function ledger.set_floor(p_account bigint, p_floor bigint, p_actor text)
returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  old record;
begin
  select a.kind, a.flags, a.floor, a.ceil into old
    from ledger.account a where a.id = p_account for no key update;
  if not found then
    return false;
  end if;
  if old.kind <> 120 or p_floor > 0 or p_floor is null then
    raise exception 'only an advance has a floor of its own, at most 0' using errcode = '22023';
  end if;
  if old.floor <> p_floor then
    update ledger.account a set floor = p_floor where a.id = p_account;
    insert into ledger.account_event (account_id, at, what, flags, floor, ceil, actor)
      values (p_account, ledger.now(), 'bounds', old.flags, p_floor, old.ceil, p_actor);
  end if;
  return true;
end $$;

-- Delete slots that no window counts any more, and a day on top.
create or replace function ledger.forget_usage(p_now timestamptz) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  gone int;
begin
  delete from ledger.usage u using ledger.meter m
    where m.id = u.meter
      and u.slot < (extract(epoch from p_now)::bigint - 86400) / m.slot_seconds - m.slots;
  get diagnostics gone = row_count;
  return gone;
end $$;

revoke all on function ledger.open_accounts, ledger.set_flags, ledger.set_floor, ledger.forget_usage
  from public;
grant execute on function ledger.open_accounts, ledger.set_flags, ledger.set_floor,
  ledger.forget_usage to quid_app;
reset role;
