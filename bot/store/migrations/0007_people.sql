-- Whether a contact answers for his side in the version in force, so that who may do what is one query. The previous release can run
-- beside it: it does not read them, and the next reading of the charters fills them.
alter table contact
  add column owner boolean not null default false,
  add column executive boolean not null default false;
