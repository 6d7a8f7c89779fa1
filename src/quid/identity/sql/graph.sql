-- name: lock_people
-- reads: primary
-- home: global
-- params: ids uuid[]
select p.id
from identity.person p
where p.id = any($1::uuid[])
order by p.id
for no key update;
