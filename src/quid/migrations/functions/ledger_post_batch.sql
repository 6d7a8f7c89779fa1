-- ledger.post_batch: the one function that moves money.
--
-- Takes a list as arrays, gives arrays of the same length and order. Each item sees the effects
-- of those before it in the list; a refused item changes nothing but its own refusal row.
-- Items name their accounts by place in p_accounts (each account once, ascending: the order in
-- which they are locked); limits name a (account, meter) pair by place in p_pair_*.
-- The limits of item i are those from p_check_last[i - 1] + 1 to p_check_last[i].
-- Results: quid.ledger.types.Result. The order of locks: docs/locks.md.
-- Where the two clocks are more than 60 s apart, clock_apart says so and nothing else is given.
set local role quid_ledger_owner;
create or replace function ledger.post_batch(
  p_lane int2, p_clock timestamptz, p_accounts bigint[],
  p_ids uuid[], p_debits int[], p_credits int[], p_amounts bigint[],
  p_codes int2[], p_flags int2[], p_causes uuid[],
  p_pair_accounts int[], p_pair_meters int2[],
  p_check_last int[], p_check_pairs int[], p_caps_minor bigint[], p_caps_count int[], p_tags text[],
  out results int2[], out replayed boolean[], out debit_seq bigint[],
  out debit_after bigint[], out credit_after bigint[], out recorded_at timestamptz[],
  -- these three are null unless a limit refused something
  out tags text[], out used bigint[], out resets_at timestamptz[],
  out clock_apart interval)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan   -- array sizes are unknown to it: it may not flip
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off                  -- else the first hour of a month re-reads the table
set jit = off
as $$
#variable_conflict use_column
declare
  amount_max constant bigint := 1000000000000000;
  bigint_max constant bigint := 9223372036854775807;
  epoch constant timestamptz := '1970-01-01 00:00:00+00';
  n constant int := cardinality(p_ids);
  t timestamptz; now_ timestamptz; micros bigint;             -- recorded_at of everything below
  first_id uuid; end_id uuid; sorted uuid[]; distinct_ids int; lawful boolean;
  block_ bigint; head_ bytea; lane_at timestamptz; is_second boolean; hashes bytea;
  -- the accounts, by place
  got bigint[]; places tid[]; deb bigint[]; cre bigint[]; seq0 bigint[]; sq bigint[];
  lo bigint[]; hi bigint[]; kinds int2[]; bits int2[]; cur text[]; one_currency boolean;
  rules int[];
  -- what is known of an item before judging it: null = new, 0 = answered already, else its result
  known int2[]; has_known boolean := false; has_twins boolean; stored int[]; first int;
  -- the limits, by place of their pair
  u_amount bigint[]; u_n int[]; u_first int[]; lawful_meters boolean;
  m_seconds int[]; m_slots int[];                             -- by number of the meter
  add_amount bigint[]; add_n int[]; has_checks constant boolean := cardinality(p_check_pairs) > 0;
  -- the legs, by item
  c_seq bigint[]; posted int[] := '{}'; refused int[] := '{}'; moved int := 0;
  i int; k int; d int; c int; p int; over int; a bigint; res int2; row_ record;
begin
  -- 1. Lock, in one sorted statement; then the lane's head; only then read the time, so that
  --    times follow the order of locks.
  select array_agg(l.id), array_agg(l.ctid),
      array_agg(l.debits), array_agg(l.credits), array_agg(l.seq),
      array_agg(coalesce(l.floor, -bigint_max)), array_agg(coalesce(l.ceil, bigint_max)),
      array_agg(l.kind), array_agg(l.flags), array_agg(l.currency::text), max(l.changed_at),
      min(l.currency) = max(l.currency)
    into got, places, deb, cre, sq, lo, hi, kinds, bits, cur, t, one_currency
    from (select id, ctid, debits, credits, seq, floor, ceil, kind, flags, currency,
        changed_at from ledger.account where id = any (p_accounts) order by id for no key update) l;
  if got is distinct from p_accounts then
    -- Some are unknown. A list that is unsorted or names one twice would count it twice.
    if p_accounts is distinct from
        (select array_agg(x order by x) from (select distinct unnest(p_accounts) as x) s) then
      raise exception 'accounts must be listed once, ascending' using errcode = '22023';
    end if;
    select array_agg(l.place order by x.o), array_agg(l.debits order by x.o),
        array_agg(l.credits order by x.o), array_agg(l.seq order by x.o),
        array_agg(l.floor order by x.o), array_agg(l.ceil order by x.o),
        array_agg(l.kind order by x.o), array_agg(l.flags order by x.o),
        array_agg(l.currency order by x.o)
      into places, deb, cre, sq, lo, hi, kinds, bits, cur
      from unnest(p_accounts) with ordinality x (id, o)
      left join unnest(got, places, deb, cre, sq, lo, hi, kinds, bits, cur)
        l (id, place, debits, credits, seq, floor, ceil, kind, flags, currency) on l.id = x.id;
  end if;
  seq0 := sq;
  loop
    select block_no, head, last_at, xmin = pg_current_xact_id()::xid
      into block_, head_, lane_at, is_second from ledger.lane where lane = p_lane for update;
    exit when found;
    insert into ledger.lane (lane, block_no, head, last_at)
      values (p_lane, 0, ledger.genesis(p_lane), epoch) on conflict do nothing;
  end loop;
  if is_second and block_ > 0 then
    -- It would lock accounts after the lane, against the order of docs/locks.md: a deadlock.
    raise exception 'one post per transaction' using errcode = 'QL002';
  end if;
  select clock_timestamp() + clock_ahead, first_id, end_id into now_, first_id, end_id
    from ledger.calendar;
  if abs(extract(epoch from now_ - p_clock)) > 60 then
    -- One of the two clocks is wrong. Nothing has been written; the caller gives up the call.
    clock_apart := p_clock - now_;
    return;
  end if;
  t := greatest(now_, lane_at, t);
  micros := (extract(epoch from t) * 1000000)::bigint;

  -- 2. Look up, in a SEPARATE statement: its snapshot is younger than the locks, so an equal
  --    item that committed while we waited is seen. Without this a retry pays twice.
  select array_agg(x order by x), count(distinct x),
      bool_and((get_byte(uuid_send(x), 6) & 240) = 112 and (get_byte(uuid_send(x), 8) & 192) = 128)
    into sorted, distinct_ids, lawful from unnest(p_ids) x;
  lawful := lawful and sorted[1] >= first_id and sorted[n] < end_id;
  has_twins := distinct_ids < n;
  stored := array_fill(null::int, array[case when has_twins then n else 0 end]);
  replayed := array_fill(false, array[n]);
  recorded_at := array_fill(t, array[n]);
  results := array_fill(0::int2, array[n]);
  debit_after := array_fill(null::bigint, array[n]);
  credit_after := debit_after;
  debit_seq := debit_after;
  c_seq := debit_after;
  for row_ in
    select id, 0::int2 as result, debit_id, credit_id, coalesce(asked, amount) as asked, code,
        flags, cause_id, debit_seq, debit_after, credit_after, recorded_at as at,
        null::text as tag, null::bigint as used, null::timestamptz as resets_at
      from ledger.journal
      where id = any (sorted) and id between sorted[1] and sorted[n]
    union all
    select id, result, debit_id, credit_id, asked, code, flags, cause_id, null, null, null, at,
        tag, used, resets_at
      from ledger.refusal
      where id = any (sorted) and id between sorted[1] and sorted[n]
  loop
    if not has_known then
      has_known := true;
      known := array_fill(null::int2, array[n]);
    end if;
    foreach i in array array_positions(p_ids, row_.id) loop
      if row_.debit_id = p_accounts[p_debits[i]] and row_.credit_id = p_accounts[p_credits[i]]
          and row_.asked = p_amounts[i] and row_.code = p_codes[i] and row_.flags = p_flags[i]
          and row_.cause_id is not distinct from p_causes[i] then
        known[i] := 0;
        replayed[i] := true;
        results[i] := row_.result;
        debit_seq[i] := row_.debit_seq;
        debit_after[i] := row_.debit_after;
        credit_after[i] := row_.credit_after;
        recorded_at[i] := row_.at;
        if row_.tag is not null then
          tags := coalesce(tags, array_fill(null::text, array[n]));
          used := coalesce(used, array_fill(null::bigint, array[n]));
          resets_at := coalesce(resets_at, array_fill(null::timestamptz, array[n]));
          tags[i] := row_.tag;
          used[i] := row_.used;
          resets_at[i] := row_.resets_at;
        end if;
      elsif known[i] is null then
        known[i] := 10;
      end if;
    end loop;
  end loop;
  select array_agg(code * 1000000 + debit_kind * 1000 + credit_kind) into rules
    from ledger.code_rule where code = any (p_codes);

  -- 3. What each (account, meter) pair has used: guarded by the account's lock taken above.
  if has_checks then
    for row_ in select id, slot_seconds, slots from ledger.meter loop
      m_seconds[row_.id] := row_.slot_seconds;
      m_slots[row_.id] := row_.slots;
    end loop;
    select array_agg(coalesce(s.amount, 0) order by x.k), array_agg(coalesce(s.n, 0) order by x.k),
        array_agg(s.slot order by x.k), bool_and(m_slots[p_pair_meters[x.k]] is not null)
      into u_amount, u_n, u_first, lawful_meters
      from generate_subscripts(p_pair_accounts, 1) x (k)
      cross join lateral (
        select sum(v.amount)::bigint as amount, sum(v.n)::int as n, min(v.slot) as slot
          from ledger.usage v
          where v.account_id = p_accounts[p_pair_accounts[x.k]] and v.meter = p_pair_meters[x.k]
            and v.slot > micros / 1000000 / m_seconds[p_pair_meters[x.k]]
              - m_slots[p_pair_meters[x.k]]) s;
    if not lawful_meters then
      raise exception 'unknown meter' using errcode = '22023';
    end if;
    add_amount := array_fill(0::bigint, array[cardinality(u_n)]);
    add_n := array_fill(0, array[cardinality(u_n)]);
  end if;

  -- 4. Judge and book in memory, item by item. The CASE is the order of precedence.
  for i in 1 .. n loop
    continue when has_known and known[i] = 0;
    d := p_debits[i];
    c := p_credits[i];
    a := p_amounts[i];
    over := null;
    if has_twins then
      first := array_position(p_ids, p_ids[i]);
      k := stored[first];
      if k is not null then
        -- The same id stands earlier in this very list and was answered there.
        if d = p_debits[k] and c = p_credits[k] and a = p_amounts[k] and p_codes[i] = p_codes[k]
            and p_flags[i] = p_flags[k] and p_causes[i] is not distinct from p_causes[k] then
          replayed[i] := true;
          results[i] := results[k];
          debit_seq[i] := debit_seq[k];
          debit_after[i] := debit_after[k];
          credit_after[i] := credit_after[k];
          if results[k] = 60 then
            tags[i] := tags[k];
            used[i] := used[k];
            resets_at[i] := resets_at[k];
          end if;
        else
          results[i] := 10;
        end if;
        continue;
      end if;
    end if;
    if has_checks and a between 1 and amount_max then
      for k in coalesce(p_check_last[i - 1], 0) + 1 .. p_check_last[i] loop
        p := p_check_pairs[k];
        if u_amount[p] + add_amount[p] > p_caps_minor[k] - a
            or u_n[p] + add_n[p] >= p_caps_count[k] then
          over := k;
          exit;
        end if;
      end loop;
    end if;
    res := case
      when not lawful and (p_ids[i] < first_id or p_ids[i] >= end_id
        or (get_byte(uuid_send(p_ids[i]), 6) & 240) <> 112
        or (get_byte(uuid_send(p_ids[i]), 8) & 192) <> 128) then 20  -- ID_INVALID
      when has_known and known[i] = 10 then 10                       -- ID_REUSED
      when a < 1 or a > amount_max then 21                           -- AMOUNT_INVALID
      when d = c then 22                                             -- SAME_ACCOUNT
      when p_flags[i] <> 0 then 23                                   -- FLAGS_INVALID
      when kinds[d] is null then 40                                  -- DEBIT_ACCOUNT_UNKNOWN
      when kinds[c] is null then 41                                  -- CREDIT_ACCOUNT_UNKNOWN
      when not one_currency and cur[d] <> cur[c] then 24             -- CURRENCY_MISMATCH
      when (p_codes[i] * 1000000 + kinds[d] * 1000 + kinds[c] = any (rules)) is not true
        then 25                                                      -- CODE_NOT_ALLOWED
      when (bits[d] | bits[c]) & 4 <> 0 then 44                      -- ACCOUNT_CLOSED
      when bits[d] & 3 <> 0 then 42                                  -- DEBIT_ACCOUNT_BLOCKED
      when bits[c] & 2 <> 0 then 43                                  -- CREDIT_ACCOUNT_FROZEN
      when over is not null then 60                                  -- LIMIT_EXCEEDED
      when cre[d] - deb[d] - a < lo[d] then 70                       -- INSUFFICIENT_FUNDS
      when cre[c] - deb[c] + a > hi[c] then 71                       -- CEILING_EXCEEDED
      when deb[d] > bigint_max - a or cre[c] > bigint_max - a then 72  -- OVERFLOW
      else 0 end;
    if res = 0 then
      -- Not counted before this point: a refused item uses up nothing.
      moved := moved + (sq[d] = seq0[d])::int + (sq[c] = seq0[c])::int;
      deb[d] := deb[d] + a;
      cre[c] := cre[c] + a;
      sq[d] := sq[d] + 1;
      sq[c] := sq[c] + 1;
      debit_seq[i] := sq[d];
      c_seq[i] := sq[c];
      debit_after[i] := cre[d] - deb[d];
      credit_after[i] := cre[c] - deb[c];
      posted := posted || i;
      if has_checks then
        for k in coalesce(p_check_last[i - 1], 0) + 1 .. p_check_last[i] loop
          p := p_check_pairs[k];
          add_amount[p] := add_amount[p] + a;
          add_n[p] := add_n[p] + 1;
        end loop;
      end if;
    else
      results[i] := res;
      if res = 60 then
        p := p_check_pairs[over];
        tags := coalesce(tags, array_fill(null::text, array[n]));
        used := coalesce(used, array_fill(null::bigint, array[n]));
        resets_at := coalesce(resets_at, array_fill(null::timestamptz, array[n]));
        tags[i] := p_tags[over];
        used[i] := u_amount[p] + add_amount[p];
        k := m_seconds[p_pair_meters[p]];
        resets_at[i] := to_timestamp((coalesce(u_first[p], micros / 1000000 / k)
          + m_slots[p_pair_meters[p]])::bigint * k);
      end if;
      continue when res < 40;
      refused := refused || i;
    end if;
    if has_twins then
      stored[first] := i;
    end if;
  end loop;

  -- 5. Write, set by set. One update per account however often the list names it: this is what
  --    keeps a hot account as fast as a cold one.
  if cardinality(refused) > 0 then
    insert into ledger.refusal (id, debit_id, credit_id, asked, at, result, code, flags, cause_id,
        tag, used, resets_at)
      select p_ids[x], p_accounts[p_debits[x]], p_accounts[p_credits[x]], p_amounts[x], t,
          results[x], p_codes[x], p_flags[x], p_causes[x], tags[x], used[x], resets_at[x]
        from unnest(refused) x;
  end if;
  if cardinality(posted) = 0 then
    return;
  end if;
  block_ := block_ + 1;
  update ledger.account set debits = deb[x], credits = cre[x], seq = sq[x], changed_at = t
    from generate_subscripts(p_accounts, 1) x
    where ctid = places[x] and id = p_accounts[x] and sq[x] <> seq0[x];
  get diagnostics k = row_count;
  if k <> moved then
    raise exception '% accounts moved, % rows changed', moved, k using errcode = 'QL003';
  end if;
  insert into ledger.journal (id, debit_id, debit_seq, debit_after, credit_id, credit_seq,
      credit_after, amount, recorded_at, block_no, lane, code, currency, flags, cause_id)
    select p_ids[x], p_accounts[p_debits[x]], debit_seq[x], debit_after[x],
        p_accounts[p_credits[x]], c_seq[x], credit_after[x], p_amounts[x], t, block_, p_lane,
        p_codes[x], cur[p_debits[x]], 0, p_causes[x]
      from unnest(posted) x;
  if has_checks then
    insert into ledger.usage as v (account_id, meter, slot, amount, n)
      select p_accounts[p_pair_accounts[x]], p_pair_meters[x],
          micros / 1000000 / m_seconds[p_pair_meters[x]], add_amount[x], add_n[x]
        from generate_subscripts(add_n, 1) x where add_n[x] > 0
      on conflict (account_id, meter, slot) do update
        set amount = v.amount + excluded.amount, n = v.n + excluded.n;
  end if;
  -- The chain. The layout of a row is that of quid.ledger.rules.row_bytes; verify recomputes it.
  select array_agg(p_ids[x]), string_agg(sha256(
      int8send((1::bigint << 56)
        | case when p_causes[x] is null then 0 else 4::bigint << 48 end
        | (p_codes[x]::bigint << 32))
      || uuid_send(p_ids[x])
      || int8send(p_accounts[p_debits[x]]) || int8send(debit_seq[x]) || int8send(debit_after[x])
      || int8send(p_accounts[p_credits[x]]) || int8send(c_seq[x]) || int8send(credit_after[x])
      || int8send(p_amounts[x]) || int8send(micros)
      || textsend(cur[p_debits[x]]) || coalesce(uuid_send(p_causes[x]), '')
    ), '')
    into sorted, hashes from unnest(posted) x;
  head_ := sha256(head_ || int8send(block_) || hashes);
  insert into ledger.block (lane, no, at, ids, row_hashes, hash)
    values (p_lane, block_, t, sorted, hashes, head_);
  update ledger.lane set block_no = block_, head = head_, last_at = t where lane = p_lane;
end $$;
revoke all on function ledger.post_batch from public;
grant execute on function ledger.post_batch to quid_app;
reset role;
