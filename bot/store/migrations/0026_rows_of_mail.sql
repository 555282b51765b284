-- Partnerships and mailboxes are never deleted, so that rows of mail point to them needs no proof. It was looked up for every row, and each look
-- writes a lock into the one row that all deliveries of a partnership point to. The previous release can run beside it.
alter table thread_partnership drop constraint thread_partnership_partnership_id_fkey;
alter table obligation drop constraint obligation_partnership_id_fkey;
alter table message_copy drop constraint message_copy_mailbox_id_fkey;
