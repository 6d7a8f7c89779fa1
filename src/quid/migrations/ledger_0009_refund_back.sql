-- A refund to a card that fails is undone by a code of its own. A reversal would give back to who owed
-- at the time, and be refused for ever where that has been paid meanwhile.
set local role quid_ledger_owner;
delete from ledger.code_rule
where code = 70 and debit_kind = 102 and credit_kind in (121, 201, 302);
insert into ledger.code_rule (code, debit_kind, credit_kind, act, passes) values
  (41, 102, 121, 1, 3), (41, 102, 201, 2, 3), (41, 102, 302, 0, 3);
reset role;
