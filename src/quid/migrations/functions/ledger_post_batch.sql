-- ledger.post_batch: the one function that moves money.
--
-- Takes a list as arrays, gives arrays of the same length and order. Each item sees the effects
-- of those before it in the list; a refused item changes nothing but its own refusal row.
-- Items name their accounts by place in p_accounts (each account once, ascending: the order in
-- which they are locked); limits name a (account, meter) pair by place in p_pair_*.
-- The limits of item i are those from p_check_last[i - 1] + 1 to p_check_last[i].
-- Groups: p_group_first[i] is the place of the first of item i's neighbours, null = alone.
-- Acts (holds, reversals): p_source_at[i] is the place in p_source_ids (each once, ascending) of
-- the hold or transfer that item i acts on. Where no item acts, these lists are empty.
-- Act 1 moves what the bounds of its two accounts allow of its amount; act 2, right after it in its
-- group, the rest. What moved nothing is kept as result 2 with the refusals, and is no refusal.
-- p_effective[i]: when item i counts from, null = when it is recorded; empty where none is dated.
-- Results: quid.ledger.types.Result. The order of locks: docs/locks.md.
-- Where the two clocks are more than 60 s apart, clock_apart says so and nothing else is given.
set local role quid_ledger_owner;
-- Replacing it would not change the columns it gives. New parameters stand last and have defaults:
-- a process of the release before calls this one too.
drop function if exists ledger.post_batch;
create function ledger.post_batch(
  p_lane int2, p_clock timestamptz, p_accounts bigint[],
  p_ids uuid[], p_debits int[], p_credits int[], p_amounts bigint[],
  p_codes int2[], p_flags int2[], p_causes uuid[],
  p_pair_accounts int[], p_pair_meters int2[],
  p_check_last int[], p_check_pairs int[], p_caps_minor bigint[], p_caps_count int[], p_tags text[],
  p_group_first int[] default '{}', p_source_ids uuid[] default '{}',
  p_source_at int[] default '{}', p_expires timestamptz[] default '{}',
  p_purposes int2[] default '{}', p_effective timestamptz[] default '{}',
  out results int2[], out replayed boolean[], out debit_seq bigint[],
  out debit_after bigint[], out credit_after bigint[], out recorded_at timestamptz[],
  -- these three are null unless a limit refused something
  out tags text[], out used bigint[], out resets_at timestamptz[],
  out clock_apart interval,
  out moved bigint[])                                         -- null unless an item acts
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
  reversible constant int2[] := '{1, 53, 81}';                -- quid.ledger.rules.REVERSIBLE
  epoch constant timestamptz := '1970-01-01 00:00:00+00';
  n constant int := cardinality(p_ids);
  t timestamptz; now_ timestamptz; micros bigint;             -- recorded_at of everything below
  first_id uuid; end_id uuid; sorted uuid[]; distinct_ids int; lawful boolean;
  block_ bigint; head_ bytea; lane_at timestamptz; is_second boolean; hashes bytea;
  -- the accounts, by place
  got bigint[]; places tid[]; deb bigint[]; cre bigint[]; seq0 bigint[]; sq bigint[];
  lo bigint[]; hi bigint[]; kinds int2[]; bits int2[]; cur text[]; one_currency boolean;
  rules bigint[]; passes int2[];
  -- what is known of an item before judging it: null = new, 0 = answered already, else its result
  known int2[]; has_known boolean := false; has_twins boolean; stored int[];
  is_same boolean;
  -- the groups: the item up to which was looked, what was found of its neighbours
  has_groups constant boolean := cardinality(p_group_first) > 0; upto int := 0;
  has_runs boolean;
  n_posted int; n_known int;
  -- the acts, and what they act on, by place of the source: a hold (act 4) or a transfer (act 32)
  has_acts constant boolean := cardinality(p_source_at) > 0 or 0 <> any (p_flags);
  amounts bigint[] := p_amounts; f int2 := 0; ill boolean := false; aside int2 := 0;
  is_all boolean := false; strangers int[];
  has_dates constant boolean := cardinality(p_effective) > 0; dated int2[];
  is_plain constant boolean := not (has_groups or has_acts or has_dates);
  s_act int2[]; s_debit bigint[]; s_credit bigint[]; s_left bigint[]; s_left0 bigint[];
  s_captured bigint[]; s_released bigint[]; s_released0 bigint[]; s_state int2[];
  s_expires timestamptz[]; s_placed timestamptz[]; s_meters int[]; s int;
  meters int[];                                               -- of the holds placed, by item
  -- the limits, by place of their pair
  u_amount bigint[]; u_n int[]; u_first int[]; lawful_meters boolean;
  m_seconds int[]; m_slots int[];                             -- by number of the meter
  add_amount bigint[]; add_n int[]; has_checks constant boolean := cardinality(p_check_pairs) > 0;
  -- the legs, by item
  c_seq bigint[]; posted int[] := '{}'; refused int[] := '{}'; n_moved int := 0;
  i int; j int; k int; d int; c int; p int; over int; a bigint; res int2; row_ record;
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
  has_runs := has_twins or has_groups;
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
        flags, cause_id, group_id, source_id, effective_at, amount,
        debit_seq, debit_after, credit_after, recorded_at as at,
        null::text as tag, null::bigint as used, null::timestamptz as resets_at
      from ledger.journal
      where id = any (sorted) and id between sorted[1] and sorted[n]
    union all
    select id, result, debit_id, credit_id, asked, code, flags, cause_id, group_id, source_id,
        effective_at, null, null, null, null, at, tag, used, resets_at
      from ledger.refusal
      where id = any (sorted) and id between sorted[1] and sorted[n]
  loop
    if not has_known then
      has_known := true;
      known := array_fill(null::int2, array[n]);
    end if;
    foreach i in array array_positions(p_ids, row_.id) loop
      is_same := row_.debit_id = p_accounts[p_debits[i]]
        and row_.credit_id = p_accounts[p_credits[i]]
        and row_.asked = p_amounts[i] and row_.code = p_codes[i] and row_.flags = p_flags[i]
        and row_.cause_id is not distinct from p_causes[i]
        and row_.group_id is not distinct from p_ids[p_group_first[i]]
        and row_.source_id is not distinct from p_source_ids[p_source_at[i]]
        and row_.effective_at is not distinct from p_effective[i]
        and (row_.flags = 4 or p_expires[i] is null and p_purposes[i] is null);
      if is_same and row_.flags = 4 then
        select bool_and(
            h.expires_at is not distinct from p_expires[i] and h.purpose = p_purposes[i])
          into is_same
          from (select expires_at, purpose from ledger.hold where id = row_.id
            union all select expires_at, purpose from ledger.refusal where id = row_.id) h;
      end if;
      if is_same then
        known[i] := 0;
        replayed[i] := true;
        results[i] := row_.result;
        debit_seq[i] := row_.debit_seq;
        debit_after[i] := row_.debit_after;
        credit_after[i] := row_.credit_after;
        recorded_at[i] := row_.at;
        if has_acts and row_.amount is not null then
          amounts[i] := row_.amount;
        end if;
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
        results[i] := 10;
      end if;
    end loop;
  end loop;
  select array_agg((code * 64 + act)::bigint * 1000000 + debit_kind * 1000 + credit_kind),
      array_agg(passes)
    into rules, passes from ledger.code_rule where code = any (p_codes);
  if has_dates then
    select array_agg(code) into dated from ledger.code_rule where back_dated;
  end if;

  -- 3. What is scarce, each guarded by the locks of its accounts: what is left of the sources,
  --    and what each (account, meter) pair has used.
  if has_acts then
    -- Money captured from a hold goes back to the wallet: there is no hold to put it back into.
    select array_agg(case when h.id is not null then 4
          when o.code = any (reversible) then 32 end order by x.k),
        array_agg(coalesce(h.reserved_id, o.credit_id) order by x.k),
        array_agg(coalesce(h.account_id, taken.account_id, o.debit_id) order by x.k),
        array_agg(coalesce(h.amount - h.captured - h.released,
          o.amount - coalesce(r.amount, 0)) order by x.k),
        array_agg(h.captured order by x.k), array_agg(h.released order by x.k),
        array_agg(h.state order by x.k), array_agg(h.expires_at order by x.k),
        array_agg(h.placed_at order by x.k), array_agg(h.meters order by x.k)
      into s_act, s_debit, s_credit, s_left, s_captured, s_released, s_state, s_expires, s_placed,
        s_meters
      from unnest(p_source_ids) with ordinality x (id, k)
      left join ledger.hold h on h.id = x.id
      left join ledger.journal o on h.id is null and o.id = x.id
        and o.id between p_source_ids[1] and p_source_ids[cardinality(p_source_ids)]
      left join ledger.hold taken on o.flags = 8 and taken.id = o.source_id
      left join ledger.reversed r on r.id = o.id;
    s_left0 := s_left;
    s_released0 := s_released;
    -- A hold stays with its person.
    select array_agg(x) into strangers
      from generate_subscripts(p_ids, 1) x
      join ledger.account w on w.id = p_accounts[p_debits[x]]
      join ledger.account v on v.id = p_accounts[p_credits[x]]
      where p_flags[x] = 4 and w.owner is distinct from v.owner;
  end if;
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
        select sum(v.amount)::bigint as amount, sum(v.n)::int as n,
            min(v.slot) filter (where v.n > 0) as slot
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
    if has_runs and i > upto then
      -- What the list itself has answered by now; then a whole group at once.
      upto := i;
      while has_groups and p_group_first[upto + 1] = i loop
        upto := upto + 1;
      end loop;
      if not has_known then
        has_known := true;
        known := array_fill(null::int2, array[n]);
      end if;
      if has_twins then
        for k in i .. upto loop
          j := stored[array_position(p_ids, p_ids[k])];
          if array_position(p_ids, p_ids[k], i) < k then
            known[k] := 10;             -- twice in one group
            results[k] := 10;
          elsif j is not null and known[k] is null then
            -- The same id stands earlier in this very list and was answered there.
            if p_debits[k] = p_debits[j] and p_credits[k] = p_credits[j]
                and p_amounts[k] = p_amounts[j] and p_codes[k] = p_codes[j]
                and p_flags[k] = p_flags[j] and p_causes[k] is not distinct from p_causes[j]
                and p_ids[p_group_first[k]] is not distinct from p_ids[p_group_first[j]]
                and p_source_at[k] is not distinct from p_source_at[j]
                and p_expires[k] is not distinct from p_expires[j]
                and p_purposes[k] is not distinct from p_purposes[j]
                and p_effective[k] is not distinct from p_effective[j] then
              known[k] := 0;
              replayed[k] := true;
              results[k] := results[j];
              debit_seq[k] := debit_seq[j];
              debit_after[k] := debit_after[j];
              credit_after[k] := credit_after[j];
              amounts[k] := amounts[j];
              if results[j] = 60 then
                tags[k] := tags[j];
                used[k] := used[j];
                resets_at[k] := resets_at[j];
              end if;
            else
              known[k] := 10;
              results[k] := 10;
            end if;
          end if;
        end loop;
      end if;
      if upto > i then
        -- A group is answered again whole, or new whole.
        n_posted := 0;
        n_known := 0;
        for k in i .. upto loop
          if not lawful and known[k] is null and (p_ids[k] < first_id or p_ids[k] >= end_id
              or (get_byte(uuid_send(p_ids[k]), 6) & 240) <> 112
              or (get_byte(uuid_send(p_ids[k]), 8) & 192) <> 128) then
            known[k] := 20;
            results[k] := 20;
          end if;
          n_posted := n_posted + case when known[k] = 0 and results[k] in (0, 2) then 1 else 0 end;
          n_known := n_known + (known[k] is not null)::int;
        end loop;
        if n_known > 0 and n_posted < upto - i + 1 then
          for k in i .. upto loop
            if known[k] is distinct from 0 or n_posted > 0 then
              known[k] := case
                when known[k] > 0 then known[k] when n_posted > 0 then 10 else 30 end;
              results[k] := known[k];
              replayed[k] := false;
              if tags is not null then
                tags[k] := null;
                used[k] := null;
                resets_at[k] := null;
              end if;
              debit_seq[k] := null;
              debit_after[k] := null;
              credit_after[k] := null;
              recorded_at[k] := t;
            end if;
          end loop;
        end if;
      end if;
    end if;
    continue when has_known and known[i] is not null;
    d := p_debits[i];
    c := p_credits[i];
    a := p_amounts[i];
    over := null;
    if has_acts then
      f := p_flags[i];
      p := p_source_at[i];
      ill := case
        when f in (8, 16, 32)
          then p is null or p_expires[i] is not null or p_purposes[i] is not null
        when f = 4 then p is not null or p_purposes[i] is null
        else f not in (0, 1, 2) or p is not null or p_expires[i] is not null
          or p_purposes[i] is not null or f = 2 and (p_flags[i - 1] is distinct from 1::int2
            or p_group_first[i] is null or p_group_first[i] is distinct from p_group_first[i - 1]
            or p_amounts[i] <> p_amounts[i - 1]) end;
      is_all := a = 0 and f in (8, 16, 32)
        or f in (1, 2) and not ill and a between 1 and amount_max;
      aside := case
        when ill or f <= 4 then 0
        when s_act[p] is distinct from case when f = 32 then 32 else 4 end
          or s_debit[p] <> p_accounts[d] or f <> 8 and s_credit[p] <> p_accounts[c]
          then 50                                                    -- SOURCE_UNKNOWN
        when s_left[p] = 0 then 51                                   -- SOURCE_USED_UP
        when a > s_left[p] then 52                                   -- SOURCE_EXCEEDED
        when f = 8 and s_expires[p] <= t then 53                     -- HOLD_EXPIRED
        else 0 end;
      if is_all and f = 2 then
        a := a - amounts[i - 1];
      elsif is_all and f = 1 then
        if lo[d] > cre[d] - deb[d] - a then
          a := greatest(cre[d] - deb[d] - lo[d], 0);
        end if;
        if hi[c] < cre[c] - deb[c] + a then
          a := greatest(hi[c] - cre[c] + deb[c], 0);
        end if;
      elsif is_all and aside = 0 then
        a := s_left[p];
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
      -- ID_REUSED (10) and GROUP_FAILED (30) are known by now
      when a < 1 and not is_all or a > amount_max then 21            -- AMOUNT_INVALID
      when d = c then 22                                             -- SAME_ACCOUNT
      when ill then 23                                               -- FLAGS_INVALID
      when kinds[d] is null then 40                                  -- DEBIT_ACCOUNT_UNKNOWN
      when kinds[c] is null then 41                                  -- CREDIT_ACCOUNT_UNKNOWN
      when not one_currency and cur[d] <> cur[c] then 24             -- CURRENCY_MISMATCH
      when ((p_codes[i] * 64 + f)::bigint * 1000000 + kinds[d] * 1000 + kinds[c] = any (rules))
        is not true then 25                                          -- CODE_NOT_ALLOWED
      when has_acts and (i = any (strangers)
        or p_codes[i] = 12 and aside = 0 and coalesce(s_expires[p_source_at[i]] > t, true))
        then 25                                                      -- not its owner's; not yet
      when has_dates and (p_effective[i] > t or p_effective[i] < t - interval '400 days'
        or p_effective[i] is not null and p_codes[i] = any (dated) is not true)
        then 26                                                      -- BACK_DATING_NOT_ALLOWED
      when (bits[d] | bits[c]) & 4 <> 0 then 44                      -- ACCOUNT_CLOSED
      when bits[d] & 3 <> 0 and bits[d] & 3 & ~ passes[array_position(rules,
        (p_codes[i] * 64 + f)::bigint * 1000000 + kinds[d] * 1000 + kinds[c])] <> 0
        then 42                                                      -- DEBIT_ACCOUNT_BLOCKED
      when bits[c] & 2 <> 0 and bits[c] & 2 & ~ passes[array_position(rules,
        (p_codes[i] * 64 + f)::bigint * 1000000 + kinds[d] * 1000 + kinds[c])] <> 0
        then 43                                                      -- CREDIT_ACCOUNT_FROZEN
      when aside <> 0 then aside
      when over is not null then 60                                  -- LIMIT_EXCEEDED
      when a = 0 then 2                                              -- NOTHING_MOVED
      when cre[d] - deb[d] - a < lo[d] then 70                       -- INSUFFICIENT_FUNDS
      when cre[c] - deb[c] + a > hi[c] then 71                       -- CEILING_EXCEEDED
      when deb[d] > bigint_max - a or cre[c] > bigint_max - a then 72  -- OVERFLOW
      else 0 end;
    if res = 0 then
      -- Not counted before this point: a refused item uses up nothing.
      n_moved := n_moved + (sq[d] = seq0[d])::int + (sq[c] = seq0[c])::int;
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
      if has_acts then
        s := p_source_at[i];
        if is_all then
          amounts[i] := a;
        end if;
        if f > 4 then
          s_left[s] := s_left[s] - a;
        end if;
        if f = 8 then
          s_captured[s] := s_captured[s] + a;
        elsif f = 16 then
          s_released[s] := s_released[s] + a;
        elsif f = 4 then
          meters[i] := 0;
          for k in coalesce(p_check_last[i - 1], 0) + 1 .. coalesce(p_check_last[i], 0) loop
            p := p_check_pairs[k];
            if p_pair_accounts[p] = d then
              meters[i] := meters[i] | (1 << p_pair_meters[p]);
            end if;
          end loop;
        end if;
        if f in (8, 16) and s_left[s] = 0 then
          s_state[s] := case when p_codes[i] = 12 then 4 when s_captured[s] > 0 then 2 else 3 end;
        end if;
        if f = 16 and has_checks then
          -- What is released no longer counts, for the items that follow too.
          for p in 1 .. cardinality(p_pair_meters) loop
            k := m_seconds[p_pair_meters[p]];
            if p_accounts[p_pair_accounts[p]] = s_credit[s]
                and s_meters[s] & (1 << p_pair_meters[p]) <> 0
                and floor(extract(epoch from s_placed[s]) / k)
                  > micros / 1000000 / k - m_slots[p_pair_meters[p]] then
              u_amount[p] := u_amount[p] - a;
              u_n[p] := u_n[p] - (s_left[s] = 0 and s_captured[s] = 0)::int;
            end if;
          end loop;
        end if;
        k := array_position(p_source_ids, p_ids[i]);
        if k is not null and f not in (16, 32) then
          -- A later item of the list acts on this one.
          s_act[k] := case when f = 4 then 4
            when p_codes[i] = any (reversible) then 32 end;
          s_debit[k] := p_accounts[c];
          s_credit[k] := case when f = 8 then s_credit[s] else p_accounts[d] end;
          s_left[k] := a;
          s_left0[k] := a;
          s_captured[k] := 0;
          s_released[k] := 0;
          s_released0[k] := 0;
          s_state[k] := 1;
          s_expires[k] := p_expires[i];
          s_placed[k] := t;
          s_meters[k] := meters[i];
        end if;
      end if;
    elsif res = 2 then
      amounts[i] := 0;
      results[i] := 2;
      refused := array_append(refused, i);
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
      if has_groups and p_group_first[i] is not null then
        -- The whole group: what was booked of it is undone, newest first.
        for k in p_group_first[i] .. upto loop
          continue when k = i;
          known[k] := 30;
          results[k] := 30;
          debit_seq[k] := null;
          debit_after[k] := null;
          credit_after[k] := null;
        end loop;
        while refused[cardinality(refused)] >= p_group_first[i] loop
          if has_twins then
            stored[array_position(p_ids, p_ids[refused[cardinality(refused)]])] := null;
          end if;
          refused := trim_array(refused, 1);
        end loop;
        while posted[cardinality(posted)] >= p_group_first[i] loop
          j := posted[cardinality(posted)];
          posted := trim_array(posted, 1);
          d := p_debits[j];
          c := p_credits[j];
          a := amounts[j];
          deb[d] := deb[d] - a;
          cre[c] := cre[c] - a;
          sq[d] := sq[d] - 1;
          sq[c] := sq[c] - 1;
          n_moved := n_moved - (sq[d] = seq0[d])::int - (sq[c] = seq0[c])::int;
          if has_twins then
            stored[array_position(p_ids, p_ids[j])] := null;
          end if;
          if has_checks then
            for k in coalesce(p_check_last[j - 1], 0) + 1 .. p_check_last[j] loop
              p := p_check_pairs[k];
              add_amount[p] := add_amount[p] - a;
              add_n[p] := add_n[p] - 1;
            end loop;
          end if;
          if has_acts then
            f := p_flags[j];
            s := p_source_at[j];
            if f = 16 and has_checks then
              for p in 1 .. cardinality(p_pair_meters) loop
                k := m_seconds[p_pair_meters[p]];
                if p_accounts[p_pair_accounts[p]] = s_credit[s]
                    and s_meters[s] & (1 << p_pair_meters[p]) <> 0
                    and floor(extract(epoch from s_placed[s]) / k)
                      > micros / 1000000 / k - m_slots[p_pair_meters[p]] then
                  u_amount[p] := u_amount[p] + a;
                  u_n[p] := u_n[p] + (s_left[s] = 0 and s_captured[s] = 0)::int;
                end if;
              end loop;
            end if;
            if f > 4 then
              s_left[s] := s_left[s] + a;
              s_state[s] := 1;
            end if;
            if f = 8 then
              s_captured[s] := s_captured[s] - a;
            elsif f = 16 then
              s_released[s] := s_released[s] - a;
            end if;
            k := array_position(p_source_ids, p_ids[j]);
            if k is not null then
              s_act[k] := null;
              s_left[k] := null;
              s_left0[k] := null;
            end if;
          end if;
        end loop;
      end if;
      continue when res < 40;
      refused := refused || i;
    end if;
    if has_twins then
      stored[array_position(p_ids, p_ids[i])] := i;
    end if;
  end loop;

  -- 5. Write, set by set. One update per account however often the list names it: this is what
  --    keeps a hot account as fast as a cold one.
  if cardinality(refused) > 0 then
    insert into ledger.refusal (id, debit_id, credit_id, asked, at, result, code, flags, cause_id,
        source_id, tag, used, resets_at, group_id, expires_at, purpose, effective_at)
      select p_ids[x], p_accounts[p_debits[x]], p_accounts[p_credits[x]], p_amounts[x], t,
          results[x], p_codes[x], p_flags[x], p_causes[x], p_source_ids[p_source_at[x]],
          tags[x], used[x], resets_at[x], p_ids[p_group_first[x]], p_expires[x], p_purposes[x],
          p_effective[x]
        from unnest(refused) x;
  end if;
  if has_acts then
    moved := amounts;
  end if;
  if cardinality(posted) = 0 then
    return;
  end if;
  block_ := block_ + 1;
  update ledger.account set debits = deb[x], credits = cre[x], seq = sq[x], changed_at = t
    from generate_subscripts(p_accounts, 1) x
    where ctid = places[x] and id = p_accounts[x] and sq[x] <> seq0[x];
  get diagnostics k = row_count;
  if k <> n_moved then
    raise exception '% accounts moved, % rows changed', n_moved, k using errcode = 'QL003';
  end if;
  insert into ledger.journal (id, debit_id, debit_seq, debit_after, credit_id, credit_seq,
      credit_after, amount, recorded_at, block_no, lane, code, currency, flags, cause_id,
      asked, group_id, source_id, effective_at)
    select p_ids[x], p_accounts[p_debits[x]], debit_seq[x], debit_after[x],
        p_accounts[p_credits[x]], c_seq[x], credit_after[x], amounts[x], t, block_, p_lane,
        p_codes[x], cur[p_debits[x]], p_flags[x], p_causes[x],
        nullif(p_amounts[x], amounts[x]), p_ids[p_group_first[x]], p_source_ids[p_source_at[x]],
        p_effective[x]
      from unnest(posted) x;
  if has_checks then
    insert into ledger.usage as v (account_id, meter, slot, amount, n)
      select p_accounts[p_pair_accounts[x]], p_pair_meters[x],
          micros / 1000000 / m_seconds[p_pair_meters[x]], add_amount[x], add_n[x]
        from generate_subscripts(add_n, 1) x where add_n[x] > 0
      on conflict (account_id, meter, slot) do update
        set amount = v.amount + excluded.amount, n = v.n + excluded.n;
  end if;
  if has_acts then
    insert into ledger.hold (id, account_id, reserved_id, amount, purpose, meters, cause_id,
        placed_at, expires_at)
      select p_ids[x], p_accounts[p_debits[x]], p_accounts[p_credits[x]], amounts[x],
          p_purposes[x], meters[x], p_causes[x], t, p_expires[x]
        from unnest(posted) x where p_flags[x] = 4;
    update ledger.hold h set captured = s_captured[x], released = s_released[x],
        state = s_state[x], closed_at = case when s_left[x] = 0 then t end
      from generate_subscripts(p_source_ids, 1) x
      where h.id = p_source_ids[x] and s_act[x] = 4 and s_left[x] <> s_left0[x];
    insert into ledger.reversed as r (id, amount)
      select p_source_ids[x], s_left0[x] - s_left[x] from generate_subscripts(p_source_ids, 1) x
        where s_act[x] = 32 and s_left[x] <> s_left0[x]
      on conflict (id) do update set amount = r.amount + excluded.amount;
    -- Released is as if never counted: taken back from the slot in which it was.
    update ledger.usage v set amount = v.amount - g.amount, n = v.n - g.n
      from (select s_credit[x] as account_id, m.id as meter,
          floor(extract(epoch from s_placed[x]) / m.slot_seconds)::int as slot,
          sum(s_released[x] - s_released0[x])::bigint as amount,
          count(*) filter (where s_left[x] = 0 and s_captured[x] = 0) as n
        from generate_subscripts(p_source_ids, 1) x
        join ledger.meter m on s_meters[x] & (1 << m.id) <> 0
        where s_act[x] = 4 and s_released[x] <> s_released0[x]
        group by 1, 2, 3) g
      where v.account_id = g.account_id and v.meter = g.meter and v.slot = g.slot;
  end if;
  -- The chain. The layout of a row is that of quid.ledger.rules.row_bytes; verify recomputes it.
  select array_agg(p_ids[x]), string_agg(sha256(
      int8send((1::bigint << 56)
        | case when p_causes[x] is null then 0 else 4::bigint << 48 end
        | case when is_plain then 0 else p_flags[x]::bigint << 16
          | case when amounts[x] = p_amounts[x] then 0 else 1::bigint << 48 end
          | case when p_group_first[x] is null then 0 else 2::bigint << 48 end
          | case when p_source_at[x] is null then 0 else 8::bigint << 48 end
          | case when p_effective[x] is null then 0 else 16::bigint << 48 end end
        | (p_codes[x]::bigint << 32))
      || uuid_send(p_ids[x])
      || int8send(p_accounts[p_debits[x]]) || int8send(debit_seq[x]) || int8send(debit_after[x])
      || int8send(p_accounts[p_credits[x]]) || int8send(c_seq[x]) || int8send(credit_after[x])
      || int8send(amounts[x]) || int8send(micros) || textsend(cur[p_debits[x]])
      || case when is_plain then '' else coalesce(int8send(nullif(p_amounts[x], amounts[x])), '')
        || coalesce(uuid_send(p_ids[p_group_first[x]]), '') end
      || coalesce(uuid_send(p_causes[x]), '')
      || case when is_plain then '' else coalesce(uuid_send(p_source_ids[p_source_at[x]]), '')
        || coalesce(int8send((extract(epoch from p_effective[x]) * 1000000)::bigint), '') end
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
