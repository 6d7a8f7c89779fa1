-- The live auditor reads in short statements and writes its own tables, as quid_recon.

-- name: cursors
-- reads: primary
-- home: shard
select c.lane, c.block_no, c.hash, c.at
from ledger.audit_cursor c
order by c.lane;

-- The heads of all lanes and the counters of some accounts, in one snapshot: every leg up to those
-- heads is in those counters, and no other.
-- name: cut
-- reads: primary
-- home: shard
-- params: accounts bigint[]
select h.lanes, h.nos, h.hashes, c.accounts, c.debits, c.credits, c.seqs
from (
  select coalesce(array_agg(l.lane order by l.lane), '{}') as lanes,
    coalesce(array_agg(l.block_no order by l.lane), '{}') as nos,
    coalesce(array_agg(l.head order by l.lane), '{}') as hashes
  from ledger.lane l) h
cross join (
  select coalesce(array_agg(a.id), '{}') as accounts, coalesce(array_agg(a.debits), '{}') as debits,
    coalesce(array_agg(a.credits), '{}') as credits, coalesce(array_agg(a.seq), '{}') as seqs
  from ledger.account a
  where a.id = any ($1)) c;

-- name: blocks
-- reads: primary
-- home: shard
-- params: lanes int2[], after bigint[], upto bigint[], many bigint
select w.lane, b.no, b.at, b.ids, b.row_hashes, b.hash
from unnest($1::int2[], $2::bigint[], $3::bigint[]) w (lane, after_no, upto_no)
cross join lateral (
  select x.no, x.at, x.ids, x.row_hashes, x.hash
  from ledger.block x
  where x.lane = w.lane and x.no > w.after_no and x.no <= w.upto_no
  order by x.no
  limit $4) b
order by w.lane, b.no;

-- name: blocks_at
-- reads: primary
-- home: shard
-- params: lanes int2[], after bigint[], upto bigint[], at timestamptz
select w.lane, b.no, b.at, b.ids, b.row_hashes, b.hash
from unnest($1::int2[], $2::bigint[], $3::bigint[]) w (lane, after_no, upto_no)
join ledger.block b on b.lane = w.lane and b.no > w.after_no and b.no <= w.upto_no and b.at = $4
order by w.lane, b.no;

-- The rows of some blocks, as columns: decoding arrays costs a third of decoding rows.
-- name: rows
-- reads: primary
-- home: shard
-- params: ids uuid[], lowest uuid, highest uuid
select coalesce(array_agg(j.id), '{}') as id, array_agg(j.lane) as lane,
  array_agg(j.block_no) as block_no,
  array_agg(j.debit_id) as debit_id, array_agg(j.debit_seq) as debit_seq,
  array_agg(j.debit_after) as debit_after, array_agg(j.credit_id) as credit_id,
  array_agg(j.credit_seq) as credit_seq, array_agg(j.credit_after) as credit_after,
  array_agg(j.amount) as amount, array_agg(j.recorded_at) as recorded_at,
  array_agg(j.code) as code, array_agg(j.currency::text) as currency,
  array_agg(j.flags) as flags, array_agg(j.asked) as asked, array_agg(j.group_id) as group_id,
  array_agg(j.cause_id) as cause_id, array_agg(j.source_id) as source_id,
  array_agg(j.effective_at) as effective_at
from ledger.journal j
where j.id = any ($1) and j.id between $2 and $3;

-- Accounts that the auditor meets for the first time: what they are, and the net after the leg
-- before `seq`.
-- name: strangers
-- reads: primary
-- home: shard
-- params: accounts bigint[], seqs bigint[]
select w.id, a.kind, a.owner, p.after
from unnest($1::bigint[], $2::bigint[]) w (id, seq)
left join ledger.account a on a.id = w.id
left join lateral (
  select j.debit_after as after from ledger.journal j
    where j.debit_id = w.id and j.debit_seq = w.seq - 1
  union all
  select j.credit_after from ledger.journal j
    where j.credit_id = w.id and j.credit_seq = w.seq - 1
  limit 1) p on true;

-- Move on, each lane from where this auditor read it: fewer rows than lanes = another was here.
-- name: move_on
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: lanes int2[], from_nos bigint[], nos bigint[], hashes bytea[], ats timestamptz[]
insert into ledger.audit_cursor as c (lane, block_no, hash, at)
select m.lane, m.no, m.hash, m.at
from unnest($1::int2[], $2::bigint[], $3::bigint[], $4::bytea[], $5::timestamptz[])
  m (lane, from_no, no, hash, at)
on conflict (lane) do update set block_no = excluded.block_no, hash = excluded.hash,
  at = excluded.at
where c.block_no = (select w.from_no from unnest($1::int2[], $2::bigint[]) w (lane, from_no)
  where w.lane = c.lane);

-- name: move_items
-- reads: primary
-- home: shard
-- role: quid_recon
-- params: accounts bigint[], causes uuid[], kinds int2[], nets bigint[], ats timestamptz[]
merge into ledger.open_item i
using unnest($1::bigint[], $2::uuid[], $3::int2[], $4::bigint[], $5::timestamptz[])
  m (account_id, cause_id, kind, net, at)
on i.account_id = m.account_id and i.cause_id = m.cause_id
when matched and i.net + m.net = 0 then delete
when matched then update set net = i.net + m.net
when not matched then insert (account_id, cause_id, kind, net, since)
  values (m.account_id, m.cause_id, m.kind, m.net, m.at);

-- name: items
-- reads: primary
-- home: shard
select i.kind, count(*) as many
from ledger.open_item i
group by i.kind
order by i.kind;

-- name: last_seal
-- reads: primary
-- home: shard
select s.sealed_at
from ledger.seal s
order by s.day desc
limit 1;
