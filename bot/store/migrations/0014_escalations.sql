-- Help that is asked for, and how far it has climbed. The previous release can run beside it: it knows no such subject and leaves its deadlines.
-- What people wrote stands in what, why, wanted and done_when; everything else is ids, kinds, numbers and times.
create table escalation (
  id uuid primary key,
  partnership_id uuid not null references partnership,
  charter_version integer not null,
  asking_side text not null check (asking_side in ('client', 'provider')),
  by_contact_id uuid not null,
  state text not null check (state in ('worry', 'asking', 'taken', 'resolved', 'closed')),
  ending text check (ending in ('confirmed', 'unconfirmed', 'withdrawn', 'kept')),
  critical boolean not null,
  what text not null,
  why text not null,
  wanted text not null,
  done_when text not null,
  obligation_id uuid,
  opened_at timestamptz not null,
  ended_at timestamptz,
  revision integer not null,
  facts jsonb not null,
  check ((state = 'closed') = (ended_at is not null and ending is not null))
);
create index escalation_open on escalation (partnership_id, opened_at) where state <> 'closed';
create index escalation_ended on escalation (partnership_id, ended_at) where state = 'closed';
