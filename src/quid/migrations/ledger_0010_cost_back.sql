-- A small deposit that comes back after it had arrived is no cost any more.
set local role quid_ledger_owner;
insert into ledger.code_rule (code, debit_kind, credit_kind, act, passes) values
  (50, 102, 401, 0, 3);
reset role;
