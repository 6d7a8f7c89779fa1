-- Who may ask a person for money: anyone, those they know, their friends, nobody.
-- Writers wait meanwhile: the table is small.
-- squawk-ignore ban-drop-constraint
alter table identity.person drop constraint person_who_may_request_check;
alter table identity.person alter column who_may_request set default 'anyone';
update identity.person set who_may_request = 'anyone' where who_may_request = 'everyone';
alter table identity.person
  -- squawk-ignore constraint-missing-not-valid
  add constraint person_who_may_request_check
    check (who_may_request in ('anyone', 'known', 'friends', 'nobody'));
comment on column identity.person.who_may_request is
  'who may ask them for money; known: friends, and whom they have paid or been paid by';
