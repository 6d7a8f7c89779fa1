-- A payment that answers a request for money, and the list of those that everybody may see.
alter table payments.payment add column request_id uuid;
comment on column payments.payment.request_id is
  'the request for money that it answers; null if nobody asked for it';

-- Whatever the slices agree on, a request is paid once: of its payments one at most is on its way or
-- has arrived. Codes of payments.types.State; from 80 on nothing moved. Almost no payment is in it.
-- Writers wait while the two are built: tables of this age are small.
-- squawk-ignore require-concurrent-index-creation
create unique index payment_answer on payments.payment (request_id)
  where request_id is not null and states[cardinality(states)] < 80;
-- squawk-ignore require-concurrent-index-creation
create index payment_public on payments.payment ((times[cardinality(times)]), id)
  where payer_visibility = 'public' and payee_visibility = 'public'
    and states[cardinality(states)] = 60;

create or replace function payments.keep_history() returns trigger language plpgsql
  set search_path = pg_catalog as $$
declare
  known constant int := cardinality(old.states);
begin
  if new.states[1:known] <> old.states or new.times[1:known] <> old.times
      or new.reversed_minor < old.reversed_minor
      or (new.id, new.payer_id, new.payee_id, new.amount_minor, new.currency, new.note,
          new.request_id)
        is distinct from
        (old.id, old.payer_id, old.payee_id, old.amount_minor, old.currency, old.note,
          old.request_id) then
    raise exception 'what a payment was stands: states and times are only added to'
      using errcode = '42501';
  end if;
  return new;
end $$;
