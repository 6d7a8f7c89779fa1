-- name: talked_of
-- reads: primary
-- home: shard
-- params: payments uuid[]
select p.id
from unnest($1::uuid[]) as p (id)
where exists (select from social.like l where l.payment_id = p.id)
  or exists (select from social.comment c where c.payment_id = p.id);
