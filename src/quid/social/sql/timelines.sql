-- Older than is promised: not written, because its partition may be gone.
-- name: add
-- reads: primary
-- home: global
-- params: viewers uuid[], completed timestamptz[], payments uuid[]
insert into social.timeline (viewer_id, completed_at, payment_id)
select r.viewer, r.completed, r.payment
from unnest($1::uuid[], $2::timestamptz[], $3::uuid[]) as r (viewer, completed, payment)
where r.completed > now() - interval '90 days'
on conflict do nothing;

-- The bound of the time alone lets partitions be passed over.
-- name: page
-- reads: primary
-- home: global
-- params: viewer uuid, before_at timestamptz, before_id uuid, many bigint
select t.completed_at as at, t.payment_id as id
from social.timeline t
where t.viewer_id = $1
  and t.completed_at <= $2
  and (t.completed_at, t.payment_id) < ($2, $3)
order by t.completed_at desc, t.payment_id desc
limit $4;

-- name: drop
-- reads: primary
-- home: global
-- params: viewer uuid
delete from social.timeline t where t.viewer_id = $1;

-- name: ensure_months
-- reads: primary
-- home: global
-- params: first date, months integer
select social.ensure_timeline_months($1::date, $2::integer) as made;

-- name: drop_months
-- reads: primary
-- home: global
-- params: before date
select social.drop_timeline_months($1::date) as gone;
