-- A calendar whose window begins anew is read in full: what is not seen again in it is gone. And one pace for all that the app sends to Teams,
-- beside that of each conversation. The previous release can run beside it: it keeps what was taken out of a calendar between two windows,
-- and minds the conversations' pace alone.
alter table mailbox add column if not exists calendar_round int not null default 0;
alter table calendar_event add column if not exists seen_round int not null default 0;

create table if not exists teams_pace (
  only_row boolean primary key default true check (only_row),
  -- when the bucket of the app is full again
  full_at timestamptz
);
insert into teams_pace default values on conflict do nothing;
