import type { TenantDocument } from './document.ts';
import { guidOf, shortHash } from './ids.ts';
import { type Anchor, readMoment } from './moments.ts';
import type { Person, PersonKind } from './person.ts';
import type { TenantFinding } from './problems.ts';
import type { Channel, Mailbox } from './tenant.ts';

export const tenantIdOf = (document: TenantDocument): string => document.id ?? guidOf(`tenant/${document.domain}`);

/** Everybody of the folder, in its order, with the ids that tokens and Teams give them. */
export function peopleOf(document: TenantDocument, findings: TenantFinding[]): Person[] {
  const clientId = tenantIdOf(document);
  return Object.entries(document.people).map(([key, person]) => {
    const company = person.company === undefined ? null : document.companies[person.company];
    if (person.company !== undefined && !company)
      findings.push({ path: ['people', key, 'company'], message: `"${person.company}" is not among the companies. Add it there` });
    const kind = kindOf(person.kind, company !== null);
    const home = kind === 'external' ? guidOf(`tenant/${person.company}`) : clientId;
    return {
      key,
      name: person.name,
      company: company?.name ?? document.name,
      title: person.title,
      address: person.address,
      aliases: person.aliases,
      kind,
      tenantId: home,
      objectId: person['object id'] ?? guidOf(`person/${home}/${person.address}`),
      teamsUserId: `29:1${shortHash(`teams/${document.domain}/${person.address}`, 60)}`,
      userPrincipalName:
        kind === 'guest' ? `${person.address.replace('@', '_')}#EXT#@${document.domain.split('.')[0]}.onmicrosoft.com` : person.address,
      zone: company?.zone ?? document.zone,
      admin: person.admin,
      desk: kind === 'mailOnly' ? null : (person.desk ?? null),
    };
  });
}

function kindOf(written: TenantDocument['people'][string]['kind'], elsewhere: boolean): PersonKind {
  if (written === 'mail only') return 'mailOnly';
  return written ?? (elsewhere ? 'guest' : 'member');
}

export function mailboxesOf(document: TenantDocument, people: readonly Person[], anchor: Anchor, findings: TenantFinding[]): Mailbox[] {
  return document.mailboxes.flatMap((written, i): Mailbox[] => {
    const section =
      typeof written === 'string' ? { of: written, aliases: [], shared: false, state: 'on' as const, folders: [], rules: [] } : written;
    const path = ['mailboxes', i];
    const person = section.of === undefined ? undefined : people.find(({ key }) => key === section.of);
    const address = person?.address ?? ('address' in section ? section.address : undefined);
    if (section.of !== undefined && !person)
      findings.push({ path, message: `There is no "${section.of}" among the people. Write the key of one` });
    else if (!address) findings.push({ path, message: 'A mailbox is "of" somebody, or has an address and a name' });
    else if (person && person.kind !== 'member')
      findings.push({ path, message: `${person.name} is not of this company: his mailbox lies elsewhere. Take it out` });
    if (!address) return [];
    const away = 'out of office' in section ? section['out of office'] : undefined;
    return [
      {
        address,
        aliases: [...(person?.aliases ?? []), ...section.aliases],
        name: person?.name ?? ('name' in section ? section.name : undefined) ?? address,
        objectId: person?.objectId ?? guidOf(`mailbox/${address}`),
        kind: section.shared ? 'shared' : 'user',
        state: section.state === 'out of scope' ? 'outOfScope' : section.state,
        zone: person?.zone ?? document.zone,
        folders: section.folders,
        rules: section.rules.map(({ from, subject, folder }) => ({ from: from ?? null, subject: subject ?? null, folder })),
        outOfOffice: away
          ? { startAt: readMoment(away.from, anchor, document.zone), endAt: readMoment(away.to, anchor, document.zone), text: away.text }
          : null,
      },
    ];
  });
}

export function channelsOf(document: TenantDocument, people: readonly Person[], findings: TenantFinding[]): Channel[] {
  return document.channels.map((channel, i) => {
    if (!Object.hasOwn(document.charters, channel.partnership))
      findings.push({
        path: ['channels', i, 'partnership'],
        message: `There is no charter "${channel.partnership}". Name one of the charters`,
      });
    const members = channel.members.flatMap((key, j) => {
      const person = people.find((one) => one.key === key);
      if (!person)
        findings.push({ path: ['channels', i, 'members', j], message: `There is no "${key}" among the people. Write the key of one` });
      else if (person.kind === 'mailOnly')
        findings.push({
          path: ['channels', i, 'members', j],
          message: `${person.name} is reached by mail only and cannot be in a channel`,
        });
      return person ? [person] : [];
    });
    const teamId = `19:${shortHash(`team/${document.domain}/${channel.team}`, 44)}@thread.tacv2`;
    return {
      id: `19:${shortHash(`channel/${document.domain}/${channel.team}/${channel.name}`, 44)}@thread.tacv2`,
      name: channel.name,
      teamId,
      teamName: channel.team,
      kind: channel.kind,
      slug: channel.partnership,
      members,
    };
  });
}
