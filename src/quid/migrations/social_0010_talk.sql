-- What people say of payments. Counted when it is read: of two who look, one may see less.
-- home: the payment's bucket
create table social.like (
  payment_id uuid not null,
  user_id uuid not null,
  at timestamptz not null,
  taken_back_at timestamptz,
  primary key (payment_id, user_id)
);
comment on table social.like is 'who likes which payment';
comment on column social.like.payment_id is 'a payment that the person could see then';
comment on column social.like.user_id is 'who likes it';
comment on column social.like.at is 'when they first did, and the two of the payment were told';
comment on column social.like.taken_back_at is
  'they do not any more; kept, so that whoever likes it again and again is told of once';

-- home: the payment's bucket (the id carries it)
create table social.comment (
  id uuid primary key,
  payment_id uuid not null,
  author_id uuid not null,
  text text not null check (char_length(text) between 1 and 500),
  at timestamptz not null
);
create index comment_list on social.comment (payment_id, at, id);
comment on table social.comment is 'what people write under payments; removed, it is gone';
comment on column social.comment.id is 'bucket of the payment';
comment on column social.comment.payment_id is 'a payment that the author could see then';
comment on column social.comment.author_id is 'who wrote it';
comment on column social.comment.text is 'plain text, NFC, 1 to 500 code points';
comment on column social.comment.at is 'when it was written';

grant select, insert, update on social.like to quid_app;
grant select, insert, delete on social.comment to quid_app;
grant select on social.like, social.comment to quid_recon;
