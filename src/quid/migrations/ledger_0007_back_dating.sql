-- Transfers that count from an earlier instant than they are written down: the column and its place
-- in the hash of a row are there from the beginning.
set local role quid_ledger_owner;

alter table ledger.code_rule add column back_dated boolean not null default false;
comment on column ledger.code_rule.back_dated is 'whether a transfer of this code may count from an earlier instant';
update ledger.code_rule set back_dated = true where code in (22, 80, 81);

-- Plain payments have no place in these two, so making them is one pass that writes nothing.
-- squawk-ignore require-concurrent-index-creation
create index on ledger.journal (debit_id, effective_at) where effective_at is not null;
-- squawk-ignore require-concurrent-index-creation
create index on ledger.journal (credit_id, effective_at) where effective_at is not null;
reset role;
