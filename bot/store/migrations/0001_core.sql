-- The record, time, and who agreed what. First migration: nothing runs beside it.

-- Product time = wall + offset. One row; moved in local mode alone.
create table product_clock (
  only_row boolean primary key default true check (only_row),
  offset_ms bigint not null default 0,
  started boolean not null default false
);
insert into product_clock default values;

create table partnership (
  id uuid primary key,
  -- file name of its charter, without the ending
  slug text not null unique,
  name text not null,
  -- stops posts and reading at once
  paused_at timestamptz,
  created_at timestamptz not null
);

-- A version of what both sides agreed, as validated (`data`); the file's text hash tells whether it changed.
create table charter_version (
  partnership_id uuid not null references partnership,
  version integer not null,
  source_hash text not null,
  data jsonb not null,
  effective_at timestamptz not null,
  loaded_at timestamptz not null,
  primary key (partnership_id, version)
);

create table charter_acknowledgement (
  partnership_id uuid not null,
  version integer not null,
  side text not null check (side in ('client', 'provider')),
  contact_id uuid not null,
  at timestamptz not null,
  primary key (partnership_id, version, side),
  foreign key (partnership_id, version) references charter_version
);

-- Holidays confirmed, added or removed, and dated exceptions, on top of the charter's calendars; apply to every version.
create table calendar_edit (
  id uuid primary key,
  partnership_id uuid not null references partnership,
  calendar_key text not null,
  kind text not null check (kind in ('holiday', 'notHoliday', 'exception', 'confirmed')),
  on_date date,
  -- intervals of an exception ([] = closed), else null
  intervals jsonb,
  -- what people read: `Typhoon`
  reason text,
  by_contact_id uuid,
  at timestamptz not null,
  undone_at timestamptz
);
create index calendar_edit_partnership on calendar_edit (partnership_id) where undone_at is null;

-- A person of a side in one partnership; follows the charter's key over its versions. Names stand here and nowhere else.
create table contact (
  id uuid primary key,
  partnership_id uuid not null references partnership,
  side text not null check (side in ('client', 'provider')),
  key text not null,
  name text not null,
  active boolean not null default true,
  unique (partnership_id, key)
);
create table contact_address (
  partnership_id uuid not null references partnership,
  address text not null,
  contact_id uuid not null references contact,
  primary key (partnership_id, address)
);
create index contact_address_address on contact_address (address);

-- Who presses: tenant as verified, object id in that tenant. One identity may be a contact in several partnerships.
create table identity (
  tenant_id uuid not null,
  object_id uuid not null,
  contact_id uuid not null references contact,
  -- Teams user id in our bot's conversations (`29:...`), once seen
  conversation_user_id text,
  bound_by text not null,
  bound_at timestamptz not null,
  primary key (tenant_id, object_id, contact_id)
);
create index identity_contact on identity (contact_id);

-- Who did what, when, through what. Ids, kinds and numbers only; gapless per subject. What people wrote stands in `remark`.
create table journal (
  id bigint generated always as identity primary key,
  subject_kind text not null,
  subject_id text not null,
  seq integer not null,
  kind text not null,
  partnership_id uuid,
  at timestamptz not null,
  by_contact_id uuid,
  by_side text,
  through text not null,
  data jsonb not null default '{}',
  unique (subject_kind, subject_id, seq)
);
create index journal_partnership on journal (partnership_id, id);
create table remark (
  journal_id bigint primary key references journal,
  text text not null
);

-- What has to be looked at, and when. Claimed by lease in the tick; one row per (kind, subject).
create table deadline (
  kind text not null,
  subject_kind text not null,
  subject_id text not null,
  at timestamptz not null,
  lease_until timestamptz,
  failures integer not null default 0,
  parked_at timestamptz,
  last_error text,
  primary key (kind, subject_kind, subject_id)
);
create index deadline_due on deadline (at) where parked_at is null;
