import { type ColumnType, sql } from 'kysely';
import type { Side } from '../contract/sides.ts';
import type { Db, Tx } from '../store/database.ts';
import type { Interval } from '../worktime/index.ts';
import type { CharterDocument } from './document.ts';
import type { HolidayList } from './holidays.ts';

/** A version as it stands in the table. People's names stand in `contact` alone, so that erasure can empty them. */
export interface StoredCharter {
  readonly format: 1;
  readonly document: CharterDocument;
  /** Imported public holidays by calendar key. */
  readonly holidays: Readonly<Record<string, HolidayList>>;
  /** The last year that every imported list covers. */
  readonly through: number;
  /** Ids of people who were erased, by the key that stands in the place of theirs. */
  readonly former?: Readonly<Record<string, string>>;
}

/** The hours of a dated exception: what replaces the date's weekly hours, or what is taken out of whatever is open by the wall clock. */
export type ExceptionHours = readonly Interval[] | { readonly closed: readonly Interval[] };

type EditKind = 'holiday' | 'notHoliday' | 'exception' | 'confirmed';

interface PartnershipTable {
  id: string;
  slug: string;
  name: string;
  pausedAt: Date | null;
  createdAt: Date;
}
interface CharterVersionTable {
  partnershipId: string;
  version: number;
  sourceHash: string;
  data: ColumnType<StoredCharter, string, string>;
  effectiveAt: Date;
  loadedAt: Date;
}
interface CharterAcknowledgementTable {
  partnershipId: string;
  version: number;
  side: Side;
  contactId: string;
  at: Date;
}
interface CalendarEditTable {
  id: string;
  partnershipId: string;
  calendarKey: string;
  kind: EditKind;
  onDate: string | null;
  intervals: ColumnType<ExceptionHours | null, string | null, never>;
  reason: string | null;
  byContactId: string | null;
  at: Date;
  undoneAt: Date | null;
}
interface ContactTable {
  id: string;
  partnershipId: string;
  side: Side;
  key: string;
  name: string;
  /** In the charter, and not left. */
  active: ColumnType<boolean, boolean | undefined, boolean>;
  /** Since when his side's owner says that he has left, whatever the charter says. */
  leftAt: ColumnType<Date | null, undefined, Date | null>;
  /** Since when nothing of him is held: neither his name nor an address, and his key is another. */
  erasedAt: ColumnType<Date | null, undefined, Date | null>;
  /** By the version in force. */
  owner: ColumnType<boolean, boolean | undefined, boolean>;
  executive: ColumnType<boolean, boolean | undefined, boolean>;
}
interface ContactAddressTable {
  partnershipId: string;
  address: string;
  contactId: string;
}
declare module '../store/database.ts' {
  interface Database {
    partnership: PartnershipTable;
    charterVersion: CharterVersionTable;
    charterAcknowledgement: CharterAcknowledgementTable;
    calendarEdit: CalendarEditTable;
    contact: ContactTable;
    contactAddress: ContactAddressTable;
  }
}

export interface Edit {
  readonly id: string;
  readonly calendarKey: string;
  readonly kind: EditKind;
  readonly onDate: string | null;
  readonly intervals: ExceptionHours | null;
  readonly reason: string | null;
}

/** Everything about a partnership's charter that is small; the versions' data is read only when something here is new. */
export interface CharterState {
  readonly versions: readonly { version: number; effectiveAt: Date; loadedAt: Date }[];
  readonly acknowledgements: readonly { version: number; side: Side; contactId: string; at: Date }[];
  readonly edits: readonly Edit[];
  readonly names: Readonly<Record<string, string>>;
  /** Equal for equal content. */
  readonly stamp: string;
}

export async function readState(tx: Tx | Db, partnershipId: string): Promise<CharterState> {
  return (await readStates(tx, [partnershipId])).get(partnershipId)!;
}

/** The same for many partnerships at once, by id. */
export async function readStates(tx: Tx | Db, partnershipIds: readonly string[]): Promise<ReadonlyMap<string, CharterState>> {
  const { rows } = await sql<{
    id: string;
    versions: StateRow[];
    acknowledgements: AcknowledgementRow[];
    edits: Edit[];
    names: Record<string, string>;
  }>`
    select wanted.id,
      (select coalesce(json_agg(json_build_array(version, source_hash, xmin::text, effective_at, loaded_at) order by version), '[]')
        from charter_version where partnership_id = wanted.id) as versions,
      (select coalesce(json_agg(json_build_array(version, side, contact_id, at) order by version, side), '[]')
        from charter_acknowledgement where partnership_id = wanted.id) as acknowledgements,
      (select coalesce(json_agg(json_build_object('id', id, 'calendarKey', calendar_key, 'kind', kind, 'onDate', on_date,
          'intervals', intervals, 'reason', reason) order by at, id), '[]')
        from calendar_edit where partnership_id = wanted.id and undone_at is null) as edits,
      (select coalesce(json_object_agg(id, name order by id), '{}') from contact where partnership_id = wanted.id) as names
    from unnest(${[...partnershipIds]}::uuid[]) as wanted(id)`.execute(tx);
  return new Map(
    rows.map(({ id, ...row }) => [
      id,
      {
        versions: row.versions.map(([version, , , effectiveAt, loadedAt]) => ({
          version,
          effectiveAt: new Date(effectiveAt),
          loadedAt: new Date(loadedAt),
        })),
        acknowledgements: row.acknowledgements.map(([version, side, contactId, at]) => ({ version, side, contactId, at: new Date(at) })),
        edits: row.edits,
        names: row.names,
        stamp: JSON.stringify(row),
      },
    ]),
  );
}
type StateRow = [version: number, hash: string, writtenBy: string, effectiveAt: string, loadedAt: string];
type AcknowledgementRow = [version: number, side: Side, contactId: string, at: string];

export async function readVersions(tx: Tx | Db, partnershipId: string): Promise<Map<number, StoredCharter>> {
  const rows = await tx.selectFrom('charterVersion').select(['version', 'data']).where('partnershipId', '=', partnershipId).execute();
  return new Map(rows.map(({ version, data }) => [version, data]));
}
