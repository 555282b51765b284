-- Who waits for whom, until when. First release: nothing runs beside it.
create table obligation (
  id uuid primary key,
  partnership_id uuid not null references partnership,
  thread_id uuid not null references thread,
  -- the earliest message: the obligation keeps its id by it
  opening_key text not null,
  debtor text not null check (debtor in ('client', 'provider')),
  opened_at timestamptz not null,
  charter_version integer not null,
  priority text not null,
  verdict text not null,
  why text not null,
  state text not null,
  asker_address text not null,
  asked_addresses text[] not null,
  calendar_key text not null,
  -- agreed time, and the one that counts now (a standing promise may move it)
  agreed_at timestamptz not null,
  due_at timestamptz not null,
  warn_at timestamptz,
  -- when a card may appear; null while held, unsure, or history
  alert_at timestamptz,
  -- product time of its first fold: what was already long past then is history
  first_seen_at timestamptz not null,
  -- when everyone was told that the agreed time is past; set once
  past_due_at timestamptz,
  settled_at timestamptz,
  ending text,
  turns integer not null,
  -- the obligation as the fold found it, whole: promise, holds, questions, pauses
  facts jsonb not null,
  -- fixed when it ended: due, seconds, verdict and segments counted; a corrected calendar does not touch it
  record jsonb,
  -- another obligation goes on in its place (threads merged, or a later wait was taken into an earlier one)
  merged_into uuid references obligation,
  revision integer not null default 1,
  changed_at timestamptz not null,
  unique (partnership_id, thread_id, opening_key, debtor)
);
create index obligation_open on obligation (partnership_id, debtor, due_at) where state = 'open';
create index obligation_thread on obligation (thread_id);
create index obligation_settled on obligation (partnership_id, settled_at) where state <> 'open';
-- A private question to one person: asked, answered, or lapsed. At most three a day for a person.
create table question (
  id uuid primary key,
  obligation_id uuid not null references obligation,
  kind text not null,
  contact_id uuid not null references contact,
  asked_at timestamptz not null,
  answered_at timestamptz,
  unique (obligation_id, kind, contact_id, asked_at)
);
create index question_contact on question (contact_id, asked_at);
create index question_open on question (obligation_id) where answered_at is null;

-- Meetings by who invites: an invitation of the side asked may be its answer.
create index calendar_event_organizer on calendar_event (organizer, end_at);

-- Mail that a person said never expects an answer (*Never for mail like this*), beside the charter's own patterns.
create table learned_pattern (
  press_id bigint primary key references journal,
  partnership_id uuid not null references partnership,
  from_address text not null,
  bare_subject text not null
);
create index learned_pattern_partnership on learned_pattern (partnership_id);
