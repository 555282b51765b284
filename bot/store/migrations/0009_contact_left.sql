-- Somebody who has left, by the word of his side's owner, whatever the charter file says. The previous release can run beside it: it does not read the column.
alter table contact add column left_at timestamptz;
