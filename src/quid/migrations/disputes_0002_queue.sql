-- The queue of operators goes by what was promised, not by what came first.
-- squawk-ignore require-concurrent-index-deletion
drop index disputes.dispute_queue;
-- squawk-ignore require-concurrent-index-creation
create index dispute_queue on disputes.dispute (answer_on, id) where state < 40;
