import { addressParser, decodeWords } from 'postal-mime';

/** `address` in lower case; `name` as written, decoded, empty when there is none. */
export type Address = { readonly address: string; readonly name: string };

const PLAIN = /^([^"(),:;<>@\\]*?)\s*<([^\s"(),:;<>@\\]+@[^\s"(),:;<>@\\]+)>$/;
const BARE = /^[^\s"(),:;<>@\\]+@[^\s"(),:;<>@\\]+$/;
const QUOTED = /^"([^"\\<>]*)"\s*<([^\s"(),:;<>@\\]+@[^\s"(),:;<>@\\]+)>$/;
/** The same people write to each other again and again: a mailbox has few different address lists. */
const KNOWN_LIMIT = 4096;
const known = new Map<string, readonly Address[]>();

/** The mailboxes of an address header: groups flattened, comments and quotes read, entries without an address left out. */
export function parseAddresses(header: string): Address[] {
  if (header === '') return [];
  let addresses = known.get(header);
  if (!addresses) {
    addresses = readSimple(header) ?? readAny(header);
    if (known.size >= KNOWN_LIMIT) known.clear();
    if (header.length < 4096) known.set(header, addresses);
  }
  return [...addresses];
}

/** The common shapes, ten times as fast as the whole grammar; undefined when the header holds anything else. */
function readSimple(header: string): Address[] | undefined {
  const addresses: Address[] = [];
  for (const part of splitOutsideQuotes(header)) {
    const entry = part.trim();
    if (entry === '') continue;
    const match = PLAIN.exec(entry) ?? QUOTED.exec(entry);
    if (match) addresses.push({ address: match[2]!.toLowerCase(), name: decode(match[1]!) });
    else if (BARE.test(entry)) addresses.push({ address: entry.toLowerCase(), name: '' });
    else return undefined;
  }
  return addresses;
}

function splitOutsideQuotes(header: string): string[] {
  if (!header.includes('"')) return header.split(',');
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < header.length; at++) {
    const char = header.charCodeAt(at);
    if (char === 34) quoted = !quoted;
    else if (char === 44 && !quoted) {
      parts.push(header.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(header.slice(start));
  return parts;
}

function readAny(header: string): Address[] {
  return addressParser(header, { flatten: true }).flatMap(({ address, name }) =>
    address ? [{ address: address.toLowerCase(), name: (name ?? '').replace(/\s+/g, ' ').trim() }] : [],
  );
}

function decode(name: string): string {
  return (name.includes('=?') ? decodeWords(name) : name).replace(/\s+/g, ' ').trim();
}
