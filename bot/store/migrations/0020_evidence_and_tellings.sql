-- The message in Teams from which help or a decision was asked for: its link, which says where it was said. The previous release can run beside
-- it: what it writes has none, and it leaves those that are there.
alter table escalation add column evidence text not null default '';
alter table approval add column evidence text not null default '';

-- What was said to one person and cannot be looked up or repeated without his hearing it twice: a mention, a line in his activity feed. The row
-- comes before the saying; without said_at once the lease is over, nobody knows whether it arrived: it is not said again, a card in his own chat
-- follows. The previous release says nothing of the kind.
create table telling (
  subject_kind text not null,
  subject_id text not null,
  contact_id uuid not null references contact,
  way text not null check (way in ('mention', 'feed')),
  began_at timestamptz not null,
  said_at timestamptz,
  lease_until timestamptz,
  conversation_id uuid references conversation,
  activity_id text,
  primary key (subject_kind, subject_id, contact_id)
);
create index telling_contact on telling (contact_id);
