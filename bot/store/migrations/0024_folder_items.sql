-- The previous release can run beside this one: it leaves the column alone.
-- How many items a folder held when it was listed: how much its first page may bring.
alter table mail_folder add column items integer;
