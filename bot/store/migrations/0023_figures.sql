-- Figures of a period are read by when things were agreed to be answered, and by what was said in it. The previous release can run beside it.
create index obligation_agreed on obligation (partnership_id, agreed_at) where verdict = 'expected';
create index obligation_promised on obligation (partnership_id) where facts ? 'promise';
create index journal_counted on journal (partnership_id, kind, at)
  where kind in ('obligation.stillWaiting', 'escalation.asked');
