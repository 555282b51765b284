-- Sending at the pace Teams allows, one writer per card, and who is in a channel. The previous release can run beside it: it reads
-- none of this, and what it sends without a lease is at worst sent twice.

-- Wall times: the next free instant of the two buckets of the conversation's pace, and until when Teams asked us to wait.
alter table conversation
  add column pace_short_at timestamptz,
  add column pace_long_at timestamptz,
  add column wait_until timestamptz,
  -- which members outside both sides an owner has agreed to
  add column audience_hash text;

alter table post
  -- wall time: whoever holds the lease is sending or changing the card
  add column lease_until timestamptz,
  -- waits for room in the channel's alert budget; most important first
  add column alert_weight double precision,
  -- 'deleted': a person removed it, it is not posted again
  add column dead_reason text;
create index post_waiting on post (conversation_id) where state = 'intended';

-- Who sees a channel, as Teams last said. Names and addresses: emptied with the conversation.
create table channel_member (
  conversation_id uuid not null references conversation,
  user_id text not null,
  tenant_id uuid,
  object_id uuid,
  name text not null,
  address text,
  seen_at timestamptz not null,
  primary key (conversation_id, user_id)
);
create index activity_seen_at on activity_seen (seen_at);
create index conversation_team on conversation (team_id) where tombstoned_at is null;
