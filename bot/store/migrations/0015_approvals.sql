-- Decisions that are asked for, and notices that go ahead unless somebody objects. The previous release can run beside it: it knows no such
-- subject and leaves its deadlines. What people wrote stands in what, why and done_when; everything else is ids, kinds, numbers and times.
create table approval (
  id uuid primary key,
  partnership_id uuid not null references partnership,
  charter_version integer not null,
  kind text not null check (kind in ('decision', 'notice')),
  asking_side text not null check (asking_side in ('client', 'provider')),
  by_contact_id uuid not null,
  scope text not null,
  state text not null check (state in ('asking', 'unclear', 'closed')),
  ending text check (ending in ('approved', 'declined', 'withdrawn', 'silent', 'unheard')),
  what text not null,
  why text not null,
  done_when text not null,
  -- when it is expected or goes ahead; null while nobody can decide, and once it is over
  due_at timestamptz,
  opened_at timestamptz not null,
  ended_at timestamptz,
  revision integer not null,
  facts jsonb not null,
  check ((state = 'closed') = (ended_at is not null and ending is not null))
);
create index approval_open on approval (partnership_id, opened_at) where state <> 'closed';
create index approval_ended on approval (partnership_id, ended_at) where state = 'closed';
