import { parse } from 'yaml';
import type { DeskPlace } from '../desk/contract.ts';
import type { Person } from '../tenant/person.ts';
import type { Tenant } from '../tenant/tenant.ts';

interface WrittenSide {
  name?: string;
  calendar?: string;
  people?: { address?: string | string[]; owner?: boolean | string }[];
}
interface WrittenCharter {
  name?: string;
  client?: WrittenSide;
  provider?: WrittenSide;
  calendars?: Record<string, { zone?: string; place?: string }>;
}

/** What the desk reads out of the charters for itself; the service alone says whether they are good. */
export function readCharters(tenant: Tenant): {
  /** Where the sides are, the client first, by partnership. */
  readonly places: ReadonlyMap<string, readonly DeskPlace[]>;
  /** Owners by partnership, the client's first. */
  readonly owners: ReadonlyMap<string, readonly Person[]>;
  /** What people call a partnership, by slug. */
  readonly names: ReadonlyMap<string, string>;
} {
  const owners = new Map<string, readonly Person[]>();
  const written = tenant.charters.map(({ slug, text }) => ({ slug, charter: asFarAsReadable(text) }));
  const places = new Map(
    written.map(({ slug, charter }) => {
      const found = [charter.client, charter.provider].flatMap((side) => charter.calendars?.[side?.calendar ?? ''] ?? []);
      const named = found.flatMap(({ zone, place }) => (zone ? [{ zone, place: place ?? cityOf(zone) }] : []));
      return [slug, named.filter(({ zone }, index) => named.findIndex((one) => one.zone === zone) === index)] as const;
    }),
  );
  for (const { slug, charter } of written) {
    const addresses = [charter.client, charter.provider].flatMap((side) =>
      people(side)
        .filter(({ owner }) => owner === true || owner === 'yes')
        .flatMap(({ address }) => address ?? []),
    );
    owners.set(
      slug,
      addresses.flatMap(
        (address) => tenant.people.find((person) => [person.address, ...person.aliases].includes(address.toLowerCase())) ?? [],
      ),
    );
  }
  // as the service calls one that has no name of its own: the buttons say so
  const names = new Map(
    written.map(({ slug, charter }) => [slug, charter.name ?? `${charter.client?.name} and ${charter.provider?.name}`]),
  );
  return { names, places, owners };
}

/** What is wrong with a charter the service says, with file, line and mend; until then the desk does without it. */
function asFarAsReadable(text: string): WrittenCharter {
  try {
    const written: unknown = parse(text);
    return written !== null && typeof written === 'object' ? (written as WrittenCharter) : {};
  } catch {
    return {};
  }
}
const people = (side: WrittenSide | undefined) => (Array.isArray(side?.people) ? side.people.filter(Boolean) : []);

const cityOf = (zone: string) => zone.split('/').at(-1)?.replaceAll('_', ' ') ?? zone;
