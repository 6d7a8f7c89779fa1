-- name: claim_handle
-- reads: primary
-- home: global
-- params: handle_folded text, user_id uuid
insert into identity.handle_claim (handle_folded, user_id)
values ($1, $2)
on conflict do nothing;

-- name: claimed_by
-- reads: primary
-- home: global
-- params: handle_folded text
select c.user_id
from identity.handle_claim c
where c.handle_folded = $1;

-- name: handle_changed_at
-- reads: primary
-- home: global
-- params: id uuid
select p.handle_changed_at
from identity.person p
where p.id = $1
  and p.handle_changed_at is not null;

-- name: change_handle
-- reads: primary
-- home: global
-- params: id uuid, handle text, handle_folded text, at timestamptz
update identity.person
set handle = $2, handle_folded = $3, handle_changed_at = $4
where id = $1;

-- name: change_profile
-- reads: primary
-- home: global
-- params: id uuid, display_name text, locale text, timezone text
update identity.person
set display_name = $2, locale = $3, timezone = $4
where id = $1;

-- name: change_privacy
-- reads: primary
-- home: global
-- params: id uuid, default_visibility text, show_amount boolean, friend_list text, findable_by_email boolean, findable_by_phone boolean, who_may_request text, reminders boolean
update identity.person
set default_visibility = $2, show_amount = $3, friend_list = $4, findable_by_email = $5,
  findable_by_phone = $6, who_may_request = $7, reminders = $8
where id = $1;

-- name: forget_words
-- reads: primary
-- home: global
-- params: user_ids uuid[]
delete from identity.word
where user_id = any($1::uuid[]);

-- name: add_words
-- reads: primary
-- home: global
-- params: user_ids uuid[], words text[]
insert into identity.word (user_id, word)
select i.user_id, i.word
from unnest($1::uuid[], $2::text[]) as i (user_id, word)
on conflict do nothing;

-- name: wordless
-- reads: primary
-- home: global
-- params: n bigint
-- Everybody has a handle, so whoever has no word has not been read yet.
select p.id, p.handle, p.display_name
from identity.person p
where not exists (select from identity.word w where w.user_id = p.id)
  and not p.is_operator
order by p.id
limit $1
for no key update;
