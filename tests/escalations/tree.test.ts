import { describe, expect, it } from '@jest/globals';
import type { Escalation } from '../../bot/escalations/escalation.ts';
import { askFrom, ended, look, reopened, resolved, taken } from '../../bot/escalations/rules.ts';
import { treeAfter, treeMail } from '../../bot/escalations/tree.ts';
import type { World } from '../../bot/people/index.ts';
import { aCalendar, aCharter, aContact, anEscalation } from '../support/builders.ts';

const desk = aContact('provider', 'desk@fabrikam.com');
const lead = aContact('provider', 'lead@fabrikam.com', { owner: true, standIn: desk.id });
const boss = aContact('provider', 'boss@fabrikam.com', { executive: true });
const night = aContact('provider', 'night@fabrikam.com');
const asker = aContact('client', 'asker@contoso.com', { owner: true });
const charter = aCharter({
  client: aCalendar('Europe/Amsterdam', '09:00-17:00'),
  provider: aCalendar('Asia/Manila', '09:00-12:00,13:00-18:00'),
  contacts: [desk, lead, boss, night, asker],
});
const start = new Date('2026-11-27T09:00:00Z');
const later = new Date('2026-11-27T10:00:00Z');
const worldWithout = (...gone: string[]): World<typeof charter> => ({
  charter,
  isGone: ({ id }) => gone.includes(id),
  isKnown: () => true,
});
const world = worldWithout();

const kept = (e: Escalation, people = world): Escalation => ({ ...e, tree: treeAfter(e, people) });
const declared = (): Escalation => {
  const crisis = { ...anEscalation(charter, asker, [[desk.id], [lead.id], [boss.id]], start), critical: true, updateEverySeconds: 7200 };
  return kept(askFrom(crisis, world, 0, start).e);
};
const level = (e: Escalation): Escalation => kept(look(e, world, new Date('2026-11-28T09:00:00Z')).e);
const held = (): Escalation => kept(taken(declared(), desk.id, later));

describe('the list of people in a crisis', () => {
  it.each<[string, Escalation, (e: Escalation) => Escalation, boolean]>([
    ['a level is asked', declared(), level, true],
    ['somebody takes it', declared(), (e) => kept(taken(e, desk.id, later)), true],
    ['it is handed on', held(), (e) => kept(taken(e, lead.id, later)), true],
    ['it goes on climbing, as no update came', held(), level, true],
    ['it is resolved', held(), (e) => kept(resolved(e, desk.id, charter, later)), true],
    ['it is reopened', kept(resolved(held(), desk.id, charter, later)), (e) => kept(reopened(e, world, later).e), true],
    ['it ends', held(), (e) => kept(ended(e, 'confirmed', later).e), true],
    ['somebody of a level leaves', declared(), (e) => kept(e, worldWithout(lead.id)), true],
    ['somebody else leaves', declared(), (e) => kept(e, worldWithout(night.id)), true],
    ['an update comes', held(), (e) => kept(taken(e, desk.id, new Date('2026-11-27T11:00:00Z'))), false],
    ['the same people are asked once more', declared(), (e) => kept(askFrom(e, world, 0, later).e), false],
    ['nothing happens', declared(), (e) => kept(e), false],
  ])('%s: told once, or not at all', (_what, before, happens, tells) => {
    const after = happens(before);
    expect(after.tree!.change - before.tree!.change).toBe(tells ? 1 : 0);
    expect(kept(after, _what.includes('leaves') ? worldWithout(_what.includes('else') ? night.id : lead.id) : world).tree).toBe(after.tree);
  });

  it('is for nobody outside a crisis', () => {
    expect(treeAfter({ ...declared(), tree: null, updateEverySeconds: null }, world)).toBeNull();
  });
});

describe('its mail', () => {
  it('goes to both owners and whoever is to be called, and says who that is now, with everybody at the end', () => {
    const mail = treeMail(declared(), world);
    expect([...mail.to].sort()).toEqual(['asker@contoso.com', 'lead@fabrikam.com']);
    expect([...mail.cc].sort()).toEqual(['boss@fabrikam.com', 'desk@fabrikam.com']);
    const [first, who] = mail.text.split('\n');
    expect(first).toMatch(/^Asked until .*:$/);
    expect(who).toContain('desk@fabrikam.com');
    expect(mail.text).toContain('An update comes at least every 2 hours.');
    expect(mail.text.split('Everybody:')[1]).toContain('night@fabrikam.com');
  });

  it('names a stand-in where somebody is gone, and writes to nobody who is', () => {
    const mail = treeMail(kept(level(declared()), worldWithout(lead.id)), worldWithout(lead.id));
    expect([...mail.to, ...mail.cc, mail.text].join()).not.toContain(lead.addresses[0]);
    expect(mail.text).toContain(`2. l1: ${desk.role}`);
  });

  it('says who holds it and when more is said, and that it has ended', () => {
    const text = treeMail(held(), world).text;
    expect(text).toMatch(/^Taken by:\n.*desk@fabrikam\.com\nNext update by .*\./);
    expect(treeMail(ended(held(), 'confirmed', later).e, world).text).toMatch(/^The crisis has ended\./);
  });

  it('holds what people wrote on one line each', () => {
    const e = declared();
    const { subject, text } = treeMail({ ...e, request: { ...e.request, what: 'Down\r\nBcc: x@evil.example\u202e' } }, world);
    expect(subject).not.toMatch(/[\r\n\u202e]/);
    expect(text).toContain('What happened: Down Bcc: x@evil.example\n');
  });
});
