-- B0 and B1: the same promise (money once per key, no balance below zero, two entries), booked one
-- transfer at a time. B0 speaks it in separate statements, B1 in one function. No hash chain.
create schema b0;
create table b0.account (id int primary key, balance bigint not null check (balance >= 0))
  with (fillfactor = 50);
create table b0.transfer (
  id bigint generated always as identity primary key, payer int not null, payee int not null,
  amount bigint not null, created_at timestamptz not null default now());
create table b0.entry (
  id bigint generated always as identity primary key, transfer bigint not null,
  account int not null, amount bigint not null, balance_after bigint not null,
  created_at timestamptz not null default now());
create index on b0.entry (account, id);
create table b0.key (key uuid primary key, transfer bigint not null);

create function b0.pay(p_key uuid, p_payer int, p_payee int, p_amount bigint) returns bigint
language plpgsql set search_path = pg_catalog as $$
declare
  t bigint;
  payer_after bigint;
  payee_after bigint;
begin
  perform 1 from b0.account where id in (p_payer, p_payee) order by id for no key update;
  select transfer into t from b0.key where key = p_key;
  if found then
    return t;
  end if;
  update b0.account set balance = balance - p_amount where id = p_payer and balance >= p_amount
    returning balance into payer_after;
  if not found then
    return null;
  end if;
  update b0.account set balance = balance + p_amount where id = p_payee
    returning balance into payee_after;
  insert into b0.transfer (payer, payee, amount) values (p_payer, p_payee, p_amount)
    returning id into t;
  insert into b0.entry (transfer, account, amount, balance_after)
    values (t, p_payer, -p_amount, payer_after), (t, p_payee, p_amount, payee_after);
  insert into b0.key (key, transfer) values (p_key, t);
  return t;
end $$;
