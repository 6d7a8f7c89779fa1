-- Operators: people of their own kind. They cannot be found, paid or befriended, and have no wallet.
alter table identity.person add column is_operator boolean not null default false;
alter table identity.session add column is_operator boolean not null default false;
comment on column identity.person.is_operator is 'acts for the house; nobody else sees or pays them';
comment on column identity.session.is_operator is
  'of an operator: opens the console and their own access, nothing of people; ends after 8 hours';

-- home: global
create table identity.operator (
  user_id uuid primary key references identity.person (id),
  role text not null
    check (role in ('support', 'analyst', 'finance', 'compliance', 'auditor', 'admin')),
  linked_user_id uuid references identity.person (id) check (linked_user_id <> user_id),
  invited_by text not null,
  invited_at timestamptz not null,
  invite_until timestamptz,
  disabled_by text,
  disabled_at timestamptz,
  check ((disabled_at is null) = (disabled_by is null))
);
comment on table identity.operator is 'who acts for the house, in which role; never deleted';
comment on column identity.operator.linked_user_id is
  'the person they are in private life: never acted on by them, nor that person''s friends';
comment on column identity.operator.invited_by is 'operator, or who was at the command line';
comment on column identity.operator.invite_until is
  'a password of their own must be set before; null: made with one';
comment on column identity.operator.disabled_by is 'operator who ended it';
grant select, insert, update on identity.operator to quid_app;
