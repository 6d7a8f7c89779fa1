-- name: named
-- reads: primary
-- home: global
-- params: ids uuid[], words text
select p.id
from identity.person p
where p.id = any($1::uuid[])
  and (
    position(lower($2) in '@' || p.handle) > 0
    or position(lower($2) in lower(p.display_name)) > 0
  );

-- name: of_handles
-- reads: primary
-- home: global
-- params: handles text[]
select p.id, p.handle
from identity.person p
where p.handle = any($1::text[])
  and not p.is_operator;
