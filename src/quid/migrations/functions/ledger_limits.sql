-- Locks that a transaction takes before it counts and posts, and limits counted without money.
set local role quid_ledger_owner;

-- Lock accounts in the one order, so that consume, set_bounds and post of the same transaction
-- wait for nothing among them. Gives the number found.
create or replace function ledger.lock_accounts(p_accounts bigint[]) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_ int;
begin
  select count(*) into found_ from (select a.id from ledger.account a where a.id = any (p_accounts)
    order by a.id for no key update) locked;
  return found_;
end $$;

-- Count an amount on meters of an account, all or none, as ledger.post_batch counts a transfer.
-- The first limit that it would pass is named. counted_at is null = no such account.
create or replace function ledger.consume(
  p_account bigint, p_amount bigint, p_meters int2[], p_caps_minor bigint[], p_caps_count int[],
  p_tags text[], out counted_at timestamptz, out tag text, out used bigint,
  out resets_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  at timestamptz;
  over record;
begin
  if p_amount not between 1 and 1000000000000000 or exists (
      select from unnest(p_meters) m (id) left join ledger.meter k on k.id = m.id
        group by m.id having count(*) > 1 or count(k.id) = 0) then
    raise exception 'amount or meters that cannot be counted' using errcode = '22023';
  end if;
  -- Its lock covers its meters; read them in a later statement than the one that may wait.
  perform from ledger.account a where a.id = p_account for no key update;
  if not found then
    return;
  end if;
  at := ledger.now();
  counted_at := at;
  select c.tag, coalesce(u.amount, 0)::bigint as used,
      to_timestamp((coalesce(u.oldest, now_.slot) + m.slots)::bigint * m.slot_seconds) as resets_at
    into over
    from unnest(p_meters, p_caps_minor, p_caps_count, p_tags) with ordinality
      c (meter, cap_minor, cap_count, tag, o)
    join ledger.meter m on m.id = c.meter
    cross join lateral (select floor(extract(epoch from at) / m.slot_seconds)::int as slot) now_
    cross join lateral (
      select sum(v.amount) as amount, sum(v.n) as n, min(v.slot) filter (where v.n > 0) as oldest
        from ledger.usage v
        where v.account_id = p_account and v.meter = c.meter and v.slot > now_.slot - m.slots) u
    where coalesce(u.amount, 0) > c.cap_minor - p_amount or coalesce(u.n, 0) >= c.cap_count
    order by c.o limit 1;
  if found then
    tag := over.tag;
    used := over.used;
    resets_at := over.resets_at;
    return;
  end if;
  insert into ledger.usage as v (account_id, meter, slot, amount, n)
    select p_account, m.id, floor(extract(epoch from at) / m.slot_seconds)::int, p_amount, 1
      from ledger.meter m where m.id = any (p_meters) order by m.id
    on conflict (account_id, meter, slot) do update
      set amount = v.amount + excluded.amount, n = v.n + excluded.n;
end $$;

-- Take one count back from the slots in which it was made. A slot outside its window counts for
-- nothing and may be gone already; one inside never goes below zero.
create or replace function ledger.give_back(
  p_account bigint, p_meters int2[], p_amount bigint, p_counted_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  given int;
  at timestamptz;
begin
  perform from ledger.account a where a.id = p_account for no key update;
  at := ledger.now();
  with counted as (
    select m.id, floor(extract(epoch from p_counted_at) / m.slot_seconds)::int as slot
      from ledger.meter m
      where m.id = any (p_meters) and floor(extract(epoch from p_counted_at) / m.slot_seconds)
        > floor(extract(epoch from at) / m.slot_seconds) - m.slots
  ), taken as (
    update ledger.usage v set amount = v.amount - p_amount, n = v.n - 1
      from counted c
      where v.account_id = p_account and v.meter = c.id and v.slot = c.slot
        and v.amount >= p_amount and v.n > 0
      returning v.meter
  )
  select (select count(*) from counted) - (select count(*) from taken) into given;
  if p_amount < 1 or given <> 0 then
    raise exception 'account % never counted this', p_account using errcode = '22023';
  end if;
end $$;

revoke all on function ledger.lock_accounts, ledger.consume, ledger.give_back from public;
grant execute on function ledger.lock_accounts, ledger.consume, ledger.give_back to quid_app;
reset role;
