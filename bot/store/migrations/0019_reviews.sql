-- Dates of reviews, their agendas and what came of them. The previous release can run beside it: it knows no such subject and leaves its deadlines.
-- What people wrote stands in review_item.text and in remarks; everything else is ids, kinds, numbers and times.
create table review (
  id uuid primary key,
  partnership_id uuid not null references partnership,
  -- as the charter names it
  name text not null,
  -- what stays the same of a date in every calendar and wherever it is moved
  key text not null,
  state text not null check (state in ('missing', 'planned', 'prepared', 'running', 'ended', 'closed', 'cancelled')),
  start_at timestamptz,
  end_at timestamptz,
  first_at timestamptz,
  join_url text,
  -- when it was over or cancelled: from then on counts how long it is kept
  ended_at timestamptz,
  revision integer not null,
  facts jsonb not null,
  unique (partnership_id, key),
  check ((state = 'missing') = (start_at is null))
);
create index review_start on review (partnership_id, name, start_at);
create index review_join on review (join_url) where join_url is not null;

create table review_item (
  id uuid primary key,
  review_id uuid not null references review on delete cascade,
  partnership_id uuid not null references partnership,
  subject_kind text not null,
  subject_id text not null,
  section text not null,
  text text not null,
  side text check (side in ('client', 'provider')),
  contact_id uuid,
  by_contact_id uuid,
  wish text not null check (wish in ('decide', 'inform', 'discuss')),
  weight double precision not null,
  position integer not null,
  carried integer not null,
  state text not null check (state in ('planned', 'discussed', 'decided', 'dropped')),
  -- the event whose remark is the decision, or why it was dropped
  note_id bigint,
  unique (review_id, subject_kind, subject_id)
);
