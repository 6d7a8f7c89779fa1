-- Those who owe, or have our credit, are few among many: found without reading all accounts.
set local role quid_ledger_owner;
-- Neither column ever changes, so this index costs postings nothing.
-- squawk-ignore require-concurrent-index-creation
create index on ledger.account (kind, id) where kind in (120, 121);
reset role;
