import type { Mask } from '../people/erased.ts';
import type { MailItem } from './item.ts';
import type { Address } from './message.ts';
import { parseSubject } from './subject.ts';

/** A mail without anybody who was erased: a mark in his place, no name; what he wrote as its subject is not kept. */
export function masked(item: MailItem, mask: Mask): MailItem {
  const cover = <Party extends Address | null | undefined>(party: Party): Party => {
    const mark = party ? mask(party.address) : null;
    return mark === null ? party : ({ address: mark, name: '' } as Party);
  };
  const author = item.from ?? item.sender;
  if (![author, item.sender, ...(item.to ?? []), ...(item.cc ?? [])].some((party) => party && mask(party.address) !== null)) return item;
  const wrote = author ? mask(author.address) !== null : false;
  return {
    ...item,
    from: cover(item.from),
    sender: cover(item.sender),
    to: item.to?.map(cover),
    cc: item.cc?.map(cover),
    // whether it answers something is told by its prefix
    subject: wrote
      ? parseSubject(item.subject ?? '')
          .prefixes.map(({ text }) => `${text}: `)
          .join('')
      : item.subject,
    // a getter on what Graph gave: read once it is known that the mail passes
    headers: item.headers,
  };
}
