-- Which messages of a thread that was left out had passed: their other copies still tie what belongs with them, whenever they come.
-- The previous release can run beside it: it does not read the column.
alter table thread_tie add column left_out boolean not null default false;
