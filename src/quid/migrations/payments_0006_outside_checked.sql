-- The checks of payments_0005 hold for every row, the older ones too. Writers go on meanwhile.
alter table payments.payment validate constraint payment_states_check;
alter table payments.payment validate constraint payment_refusal_check;
