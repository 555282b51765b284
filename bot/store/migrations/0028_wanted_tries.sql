-- The previous release can run beside it: it tries again what Graph fails with, however often.

-- How often Graph failed with what is to be read again.
alter table mail_wanted add column tries integer not null default 0;
