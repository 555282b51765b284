-- Since when an account gets its side's brief in its own chat with the bot; off by default. The wish goes with the binding. The previous
-- release can run beside it: it does not read the column.
alter table identity add column own_brief_since timestamptz;
