-- What became of the proof that mailboxes outside the scope cannot be read. The previous release can run beside it: it does not ask.
alter table graph_tenant add column scope text not null default 'unproven' check (scope in ('proven', 'tooWide', 'unproven'));
