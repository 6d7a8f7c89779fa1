-- name: open
-- reads: primary
-- home: shard
-- params: provider smallint, ref text, operation uuid, owner uuid, cents bigint, fee bigint, reason text, due_by timestamp with time zone, now timestamp with time zone
insert into funding.chargeback (provider, ref, operation_id, user_id, cents, fee, state, reason,
  due_by, opened_at)
values ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9)
on conflict (provider, ref) do nothing;

-- name: close
-- reads: primary
-- home: shard
-- params: provider smallint, ref text, state text, now timestamp with time zone
update funding.chargeback set state = $3, closed_at = $4
where provider = $1 and ref = $2 and state = 'open';

-- name: of_operation
-- reads: primary
-- home: shard
-- params: operation uuid
select c.ref, c.cents, c.fee, c.state, c.reason, c.due_by, c.opened_at, c.closed_at
from funding.chargeback c
where c.operation_id = $1
order by c.opened_at, c.ref;
