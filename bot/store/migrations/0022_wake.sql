-- Mailboxes in which something happened, as notifications say it: rows alone, so that answering 202 waits for nobody. The previous release runs beside it.
create table graph_wake (
  id bigint generated always as identity primary key,
  mailbox_id uuid not null
);
