-- What is emptied after its time, and who was erased. The previous release can run beside it: it empties nothing, and would count anew a
-- conversation that goes on after its mail was emptied.
alter table contact add column if not exists erased_at timestamptz;

-- Somebody who was erased is known again by these alone: SHA-256 of an address or an account. `mark` stands where the address stood.
create table if not exists erased (
  hash text primary key,
  mark text not null,
  at timestamptz not null
);

-- Mail up to here was emptied: what of it comes again is not taken in.
alter table thread add column if not exists emptied_until timestamptz;
create index if not exists thread_first on thread (first_at) where first_at is not null;
-- Its addresses are gone: no fold touches it any more, its times and its outcome stand.
alter table obligation add column if not exists emptied_at timestamptz;
