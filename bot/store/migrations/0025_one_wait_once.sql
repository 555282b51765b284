-- One index finds the waits of a thread and keeps them apart. The previous release can run beside it.
create unique index obligation_once on obligation (thread_id, opening_key, debtor, partnership_id);
alter table obligation drop constraint obligation_partnership_id_thread_id_opening_key_debtor_key;
drop index obligation_thread;
