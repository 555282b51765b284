-- Dates of agreed updates. The previous release can run beside it: it knows no such subject and leaves its deadlines.
-- What people wrote stands in done, next and blocked; everything else is ids, kinds, numbers and times.
create table rhythm_date (
  id uuid primary key,
  partnership_id uuid not null references partnership,
  charter_version integer not null,
  side text not null check (side in ('client', 'provider')),
  -- the rhythm as the charter named it when the date opened, and the subject of a mail that gives it
  title text not null,
  mail text,
  -- the day that the cadence names, before a closed day moves it; in the calendar of the side
  slot_on text not null,
  opens_at timestamptz not null,
  due_at timestamptz not null,
  -- from then on the next date is given, not this one
  ends_at timestamptz not null,
  state text not null check (state in ('planned', 'open', 'closed')),
  ending text check (ending in ('given', 'notGiven')),
  -- whoever wrote what stands with it; null where a mail gave it
  by_contact_id uuid,
  done text,
  next text,
  blocked text,
  -- the first thing that gave it
  given_at timestamptz,
  past_due_at timestamptz,
  ended_at timestamptz,
  -- the date that came after it
  next_id uuid,
  revision integer not null,
  facts jsonb not null,
  check ((state = 'closed') = (ended_at is not null and ending is not null))
);
-- one date of a rhythm goes on into one next
create unique index rhythm_date_last on rhythm_date (partnership_id, side, title) where next_id is null;
create index rhythm_date_due on rhythm_date (partnership_id, due_at);
