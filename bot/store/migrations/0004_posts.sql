-- Living cards in Teams. First release: nothing runs beside it.

-- Where cards can go: a partnership's channel, or a contact's personal chat. A tombstoned one is never written to again.
create table conversation (
  id uuid primary key,
  kind text not null check (kind in ('channel', 'personal')),
  partnership_id uuid references partnership,
  contact_id uuid references contact,
  -- conversation reference as Teams gave it
  service_url text not null,
  tenant_id uuid not null,
  conversation_id text not null,
  team_id text,
  bot_id text not null,
  user_id text,
  installed_at timestamptz not null,
  -- nothing is posted before the audience is confirmed (channel)
  audience_confirmed_at timestamptz,
  audience_confirmed_by uuid,
  tombstoned_at timestamptz,
  tombstone_reason text
);
create unique index conversation_live_channel on conversation (partnership_id) where kind = 'channel' and tombstoned_at is null;
create unique index conversation_live_personal on conversation (contact_id) where kind = 'personal' and tombstoned_at is null;
create index conversation_teams_id on conversation (conversation_id);

-- One card in one conversation for one subject.
create table post (
  id uuid primary key,
  conversation_id uuid not null references conversation,
  subject_kind text not null,
  subject_id text not null,
  state text not null check (state in ('intended', 'sending', 'posted', 'unknown', 'dead')),
  attempt integer not null default 0,
  activity_id text,
  content_hash text,
  possible_double boolean not null default false,
  intended_at timestamptz not null,
  posted_at timestamptz,
  dead_at timestamptz
);
create unique index post_live on post (conversation_id, subject_kind, subject_id) where state <> 'dead';
create index post_subject on post (subject_kind, subject_id);
create index post_activity on post (activity_id);

-- Activities answered, so that a second delivery gets the first answer.
create table activity_seen (
  activity_key text primary key,
  answer jsonb,
  seen_at timestamptz not null
);

-- New alert cards per channel and working day (the charter's budget).
create table alert_spent (
  partnership_id uuid not null references partnership,
  on_date date not null,
  subject_key text not null,
  primary key (partnership_id, on_date, subject_key)
);
