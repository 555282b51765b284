-- What most waits and threads carried as JSON, or as a copy of something else, goes into columns or goes. The previous release has to be stopped first.
alter table obligation
  add column lapse_at timestamptz,
  -- fixed when it ended, a corrected calendar does not touch it: working time it took without pauses, and the stretches counted (from, to, from, to, ...)
  add column worked_seconds integer,
  add column counted timestamptz[];
update obligation set
  lapse_at = (facts->>'lapseAt')::timestamptz,
  facts = facts - 'lapseAt' - 'askAt',
  worked_seconds = round((record->>'workedSeconds')::numeric)::integer,
  counted = case when jsonb_typeof(record) = 'object' then array(
    select at from jsonb_array_elements(record->'segments') with ordinality as segment(told, n)
    cross join lateral (values (1, (told->>'fromAt')::timestamptz), (2, (told->>'toAt')::timestamptz)) as ends(side, at)
    order by n, side) end;
alter table obligation alter column lapse_at set not null, drop column record;

-- What a thread begins with is read from its messages; how it stands is told by the journal.
alter table thread drop column first_key, drop column changed_at;

-- A thread is written or locked by whoever writes of it, and a copy is written with its message and goes before it, each in one transaction. A proof
-- for every row took a sixth of what PostgreSQL does in a first reading.
alter table thread_tie drop constraint thread_tie_thread_id_fkey;
alter table thread_partnership drop constraint thread_partnership_thread_id_fkey;
alter table message drop constraint message_thread_id_fkey;
alter table obligation drop constraint obligation_thread_id_fkey;
alter table message_copy drop constraint message_copy_message_key_fkey;
