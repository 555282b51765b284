-- What was agreed to be done: by whom, until when. The previous release can run beside it: it knows no such subject and leaves its deadlines.
-- What people wrote stands in what and done_when; everything else is ids, kinds, numbers and times.
create table action_item (
  id uuid primary key,
  partnership_id uuid not null references partnership,
  charter_version integer not null,
  -- whoever noted it
  by_side text not null check (by_side in ('client', 'provider')),
  by_contact_id uuid not null,
  -- whoever does it
  side text not null check (side in ('client', 'provider')),
  holder_contact_id uuid not null,
  what text not null,
  done_when text not null,
  -- the subject in which it was agreed, a review; null where it was noted by itself
  source_kind text,
  source_id text,
  state text not null check (state in ('open', 'closed')),
  ending text check (ending in ('done', 'withdrawn')),
  -- the end of the day that was agreed first, by which it is measured, and of the one that counts now
  agreed_at timestamptz not null,
  due_at timestamptz not null,
  past_due_at timestamptz,
  opened_at timestamptz not null,
  ended_at timestamptz,
  revision integer not null,
  facts jsonb not null,
  check ((state = 'closed') = (ended_at is not null and ending is not null))
);
create index action_item_open on action_item (partnership_id, due_at) where state = 'open';
create index action_item_agreed on action_item (partnership_id, agreed_at);
create index action_item_ended on action_item (partnership_id, ended_at) where state = 'closed';
create index action_item_source on action_item (source_kind, source_id) where source_id is not null;
