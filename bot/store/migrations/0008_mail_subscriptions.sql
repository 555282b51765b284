-- Change notifications of Graph: a wake-up per mailbox, renewed before it ends. The previous release can run beside it: it reads by sweeps.
create table graph_subscription (
  -- Graph's id of it
  id text primary key,
  mailbox_id uuid not null unique references mailbox,
  -- of the secret that every notification has to show
  client_state_hash text not null,
  -- wall time
  expires_at timestamptz not null
);
