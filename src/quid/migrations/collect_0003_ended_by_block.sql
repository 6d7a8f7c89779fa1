-- What a block has ended is there for neither of the two again, also once the block is lifted:
-- "cancelled", by nobody, would tell the one that the other had refused them.
alter table collect.request add column is_ended_by_block boolean not null default false;
comment on column collect.request.is_ended_by_block is
  'whether it ended because one of the two refused the other: then it is there for neither';
comment on column collect.request.is_known is
  'whether they were friends, or the requestee had paid the requester, when it was made';
grant update (is_ended_by_block) on collect.request to quid_app;
