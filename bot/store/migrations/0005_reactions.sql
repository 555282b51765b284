-- Which capabilities react to which events, and a journal position that survives concurrent writers.
-- The previous release can run beside it: it neither reads nor writes what is new.

-- Filled at start from the list of capabilities; the journal enqueues one job per row that fits.
create table reaction (
  event_kind text not null,
  capability text not null,
  primary key (event_kind, capability)
);

-- Identity numbers are drawn before the commit, so a lower one may appear later. A reader resumes by transaction instead:
-- whatever is below the oldest transaction still running can no longer change.
alter table journal add column transaction_id xid8 not null default pg_current_xact_id();
create index journal_transaction on journal (partnership_id, transaction_id);
