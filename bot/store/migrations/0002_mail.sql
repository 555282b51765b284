-- Mail and calendar as read. First release: nothing runs beside it.

-- A mailbox that is read, and the state in which Graph has it.
create table mailbox (
  id uuid primary key,
  address text not null unique,
  -- the directory's object id, once known
  user_id text,
  state text not null default 'new' check (state in ('new', 'reading', 'outOfScope', 'gone', 'off')),
  state_at timestamptz,
  -- Graph asked us to wait until then (wall time)
  wait_until timestamptz,
  first_read_at timestamptz,
  -- product time: people read it as `last read`
  last_read_at timestamptz,
  -- all addresses by which its owner is known; `address` is the one mail is written to
  addresses text[] not null default '{}',
  -- its folders, its calendar have to be looked at
  listing_due boolean not null default true,
  calendar_due boolean not null default true,
  -- next or delta link of the calendar window that ends at `calendar_until`
  calendar_link text,
  calendar_until timestamptz,
  -- what passes the gate as of the last first reading: when it grows, folders are read from the beginning again
  gate_hash text,
  -- the process that has read it from the beginning and remembers what it forgot; null: nobody
  reader uuid
);
-- Why a mailbox is read: contacts and service addresses of the client whose partnership is not paused. No row: it is not read.
create table mailbox_partnership (
  mailbox_id uuid not null references mailbox,
  partnership_id uuid not null references partnership,
  contact_id uuid references contact,
  primary key (mailbox_id, partnership_id)
);
-- What has to be read again, because it passes the gate only by what was seen after it. `conversation`: of that mailbox; `message`: by its id.
create table mail_wanted (
  mailbox_id uuid not null references mailbox,
  kind text not null check (kind in ('conversation', 'message')),
  value text not null,
  primary key (mailbox_id, kind, value)
);

create unique index mailbox_user on mailbox (user_id);
-- Whether the tenant lets reply headers be read; null until asked.
create table graph_tenant (
  only_row boolean primary key default true check (only_row),
  headers_readable boolean
);
insert into graph_tenant default values;
-- One folder that can hold mail, with its delta link (whole, opaque). `round` counts full rounds, for reconciling after an expired token.
create table mail_folder (
  mailbox_id uuid not null references mailbox,
  folder_id text not null,
  role text not null check (role in ('mail', 'sent')),
  delta_link text,
  next_link text,
  round integer not null default 1,
  complete boolean not null default false,
  -- calls to look into it that were not answered yet; one that comes while a page is read is not lost
  due integer not null default 1,
  read_at timestamptz,
  gone_at timestamptz,
  primary key (mailbox_id, folder_id)
);

-- Messages that belong together. When threads merge the older lives and the other points to it.
create table thread (
  id uuid primary key,
  first_key text,
  first_at timestamptz,
  merged_into uuid references thread,
  changed_at timestamptz not null,
  -- category `Rapport: leave out`
  left_out boolean not null default false
);
create index thread_merged on thread (merged_into) where merged_into is not null;
-- What ties messages to a thread: a message id (seen or only referred to), or a conversation of one mailbox.
create table thread_tie (
  tie text primary key,
  thread_id uuid not null references thread
);
create index thread_tie_thread on thread_tie (thread_id);
-- Which partnerships' listed contacts take part.
create table thread_partnership (
  thread_id uuid not null references thread,
  partnership_id uuid not null references partnership,
  bare_subject text not null,
  primary key (thread_id, partnership_id)
);
create index thread_partnership_subject on thread_partnership (partnership_id, bare_subject);

-- One message however many copies. `at` as in `threads/message.ts`; recomputed from the copies.
create table message (
  key text primary key,
  thread_id uuid not null references thread,
  at timestamptz not null,
  kind text not null,
  from_address text not null,
  from_name text not null,
  to_addresses jsonb not null,
  cc_addresses jsonb not null,
  subject text not null,
  bare_subject text not null,
  prefix text not null,
  is_reply boolean not null,
  importance text not null,
  -- how sure the copies seen so far are of `kind` and of the content: a better copy replaces, in whatever order they come
  kind_rank smallint not null,
  content_rank smallint not null
);
create index message_thread on message (thread_id, at);
-- Whom a message is written To, for `was this the answer?`.
create table message_to (
  address text not null,
  at timestamptz not null,
  message_key text not null references message on delete cascade,
  primary key (address, at, message_key)
);
create index message_to_key on message_to (message_key);

-- One copy in one mailbox, by immutable id; what its owner did to it.
create table message_copy (
  mailbox_id uuid not null references mailbox,
  graph_id text not null,
  message_key text not null references message deferrable initially deferred,
  folder_id text not null,
  conversation_id text,
  received_at timestamptz,
  sent_at timestamptz,
  -- the author's own copy, not one that was delivered to him
  sent_copy boolean not null default false,
  flag text not null default 'none',
  flag_due_at timestamptz,
  categories text[] not null default '{}',
  web_link text,
  removed_at timestamptz,
  round integer not null default 1,
  primary key (mailbox_id, graph_id)
);
create index message_copy_key on message_copy (message_key);

-- Calendar view as read; used by reviews and by answers in meetings.
create table calendar_event (
  mailbox_id uuid not null references mailbox,
  graph_id text not null,
  ical_uid text,
  series_master_id text,
  kind text not null,
  subject text,
  organizer text,
  attendees jsonb not null default '[]',
  start_at timestamptz not null,
  end_at timestamptz not null,
  cancelled boolean not null default false,
  data jsonb not null default '{}',
  primary key (mailbox_id, graph_id)
);
create index calendar_event_start on calendar_event (start_at);
