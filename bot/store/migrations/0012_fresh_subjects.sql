-- Threads that are judged together share the bare subject of a fresh mail: found without reading all mail. The previous release can run beside it.
create index message_fresh_subject on message (bare_subject, thread_id) where prefix = 'none' and not is_reply and bare_subject <> '';
