import { sql } from 'kysely';
import { approvals } from '../../bot/approvals/index.ts';
import type { Action, Actor, DeadlineHandler } from '../../bot/capability.ts';
import { contactIdOf, currentCharter, partnershipIdOf } from '../../bot/charter/index.ts';
import type { Side } from '../../bot/contract/sides.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { completed, saveMeetings } from '../../bot/meetings/index.ts';
import type { Tx } from '../../bot/store/index.ts';
import { gateOf, ingest, type MailItem } from '../../bot/threads/index.ts';
import { buttonsOn } from '../journeys/cards.ts';
import { type House, settleIn } from './house.ts';
import { VIEWERS, type Viewer } from './viewers.ts';

export const FABRIKAM = partnershipIdOf('fabrikam');
export const NORTHWIND = partnershipIdOf('northwind');
const BOXES = ['anna@contoso.com', 'bas@contoso.com'];
const boxId = (address: string): string => `00000000-0000-4000-8000-${String(BOXES.indexOf(address) + 1).padStart(12, '0')}`;

export interface Letter {
  readonly id: string;
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc?: readonly { readonly address: string; readonly name: string }[];
  readonly subject: string;
  readonly replyTo?: string;
}
const person = (address: string) => ({ address, name: address });

/** Every mailbox of somebody on a mail reads its copy. */
export async function write({ ports, database, onThreads }: House, letter: Letter): Promise<void> {
  const at = new Date(letter.at);
  if (at > database.clock.now()) database.clock.set(at);
  for (const address of BOXES) {
    if (![letter.from, ...letter.to].includes(address)) continue;
    const item: MailItem = {
      id: `${address}/${letter.id}`,
      messageId: `<${letter.id}@mail>`,
      conversationId: `${address}/${letter.replyTo ?? letter.id}`,
      subject: letter.subject,
      from: person(letter.from),
      to: letter.to.map(person),
      cc: letter.cc ?? [],
      receivedAt: at,
      sentAt: at,
      importance: 'normal',
      headers: letter.from === address ? undefined : new Map(letter.replyTo ? [['in-reply-to', [`<${letter.replyTo}@mail>`]]] : []),
      webLink: `https://outlook.office.com/mail/${letter.id}`,
    };
    await ports.transaction(async (tx) => {
      const now = ports.clock.now();
      const charters = await Promise.all([FABRIKAM, NORTHWIND].map((id) => currentCharter(tx, id, now)));
      const folder =
        letter.from === address ? { id: 'sent', role: 'sent' as const, round: 1 } : { id: 'inbox', role: 'mail' as const, round: 1 };
      const mailbox = { id: boxId(address), address, addresses: [address] };
      await ingest(tx, [{ mailbox, folder, items: [item], removed: [] }], { gate: gateOf(charters), now, onThreads });
    });
  }
}

/** Time passes until an instant, through the deadlines of all capabilities. */
export async function until({ ports, database, capabilities }: House, at: string): Promise<void> {
  const handlers: Record<string, DeadlineHandler> = Object.assign({}, ...capabilities.map(({ deadlines }) => deadlines ?? {}));
  const { clock, db } = database;
  for (;;) {
    const { rows } = await sql<{
      at: Date;
    }>`select at from deadline where parked_at is null and at <= ${new Date(at)} order by at limit 1`.execute(db);
    if (!rows[0]) break;
    if (rows[0].at > clock.now()) clock.set(rows[0].at);
    if ((await sweep(ports, handlers)).failed) throw new Error('a deadline did not run');
  }
  clock.set(at);
}

/** Presses the first button of a verb on the newest card of a channel that has one, as somebody sees it. */
export async function pressFirst(
  house: House,
  viewer: Viewer,
  slug: 'fabrikam' | 'northwind',
  verb: string,
  title?: string,
): Promise<void> {
  const { key } = VIEWERS[viewer].person;
  for (const message of house.messages(house.channelId(slug)).filter(({ from }) => from === 'bot')) {
    const button = buttonsOn(await house.client.view(key, message.id)).find(
      (each) => each.verb === verb && (!title || each.title === title),
    );
    if (!button) continue;
    await house.client.press(key, message.id, { type: 'Action.Execute', verb, data: button.data });
    return house.drain();
  }
  throw new Error(`${viewer} sees no button ${verb}`);
}

export interface Story {
  /** Obligations by the letter that opened them, and the partnership. */
  readonly waits: Readonly<Record<'alpha' | 'delta' | 'sierra' | 'sierraB' | 'bravo', string>>;
  /** The subject of the set-up of Fabrikam's channel. */
  readonly setup: string;
}

/**
 * Both channels are set up, both agreed; on Tuesday afternoon in Amsterdam two answers of Fabrikam are past their time, one of them to a mail
 * in which Northwind takes part; one of Northwind's; and one mail to Fabrikam may not need an answer.
 */
export async function tell(house: House): Promise<Story> {
  const { database, client } = house;
  await settleIn(house);
  for (const address of BOXES)
    await sql`insert into mailbox (id, address, state) values (${boxId(address)}, ${address}, 'reading')`.execute(database.db);
  await client.install('fabrikam', VIEWERS.owner.person.key);
  await house.drain();
  await pressFirst(house, 'owner', 'fabrikam', 'setup.choose');
  await client.install('northwind', VIEWERS.executive.person.key);
  await house.drain();
  await pressFirst(house, 'owner', 'fabrikam', 'setup.confirm');
  await pressFirst(house, 'providerB', 'northwind', 'setup.choose');
  await pressFirst(house, 'providerB', 'northwind', 'setup.confirm');
  const bravo = { id: 'bravo', at: '2026-11-23T04:00:00Z', from: 'bas@contoso.com', to: ['arjun@northwind.in'], subject: 'Bravo ostrich' };
  const alpha = { id: 'alpha', at: '2026-11-24T01:00:00Z', from: 'anna@contoso.com', to: ['carlo@fabrikam.com'], subject: 'Alpha zebra' };
  const sierra = {
    ...alpha,
    id: 'sierra',
    at: '2026-11-24T01:10:00Z',
    to: ['carlo@fabrikam.com', 'priya@northwind.in'],
    subject: 'Sierra giraffe',
  };
  const delta = {
    ...alpha,
    id: 'delta',
    at: '2026-11-24T01:20:00Z',
    to: ['carlo@fabrikam.com', 'arno@contoso.com'],
    subject: 'Delta walrus',
  };
  await until(house, bravo.at);
  await write(house, bravo);
  await until(house, alpha.at);
  for (const letter of [alpha, sierra, delta]) await write(house, letter);
  await until(house, '2026-11-24T14:00:00Z');
  for (let round = 0; round < 3; round += 1) await house.drain();
  const rows = await database.db.selectFrom('obligation').select(['id', 'partnershipId', 'openingKey']).execute();
  const idOf = (key: string, partnershipId: string) =>
    rows.find((row) => row.openingKey === `<${key}@mail>` && row.partnershipId === partnershipId)!.id;
  const setup = await database.db.selectFrom('conversation').select('id').where('partnershipId', '=', FABRIKAM).executeTakeFirstOrThrow();
  return {
    waits: {
      alpha: idOf('alpha', FABRIKAM),
      delta: idOf('delta', FABRIKAM),
      sierra: idOf('sierra', FABRIKAM),
      sierraB: idOf('sierra', NORTHWIND),
      bravo: idOf('bravo', NORTHWIND),
    },
    setup: setup.id,
  };
}

/** Ids of what people began beside mail. */
export interface Asked {
  /** Help that the client's owner asks for. */
  readonly help: string;
  /** What a member tells her in private. */
  readonly worry: string;
  /** Asked of her by the provider's owner. */
  readonly decision: string;
  /** The next date of the provider's weekly report. */
  readonly update: string;
  /** What the client's owner wants the service desk to do. */
  readonly item: string;
  /** What a press about the decision is bound to. */
  readonly of: string;
  /** The review of tomorrow, whose agenda is there. */
  readonly review: string;
}

/** A meeting of both sides in the calendar of the client's owner, whose subject nobody reads; its agenda is prepared. @returns the review's id */
async function meet(house: House, id = 'meeting', startAt = new Date('2026-11-25T09:00:00Z')): Promise<string> {
  const { ports, database } = house;
  const calendar = boxId('anna@contoso.com');
  await sql`update mailbox set calendar_link = 'delta', calendar_until = ${new Date('2027-01-01T00:00:00Z')} where id = ${calendar}`.execute(
    database.db,
  );
  await sql`insert into mailbox_partnership (mailbox_id, partnership_id) values (${calendar}, ${FABRIKAM})
    on conflict do nothing`.execute(database.db);
  const meeting = completed(
    {
      id,
      kind: 'singleInstance',
      seriesMasterId: null,
      startAt,
      endAt: new Date(startAt.getTime() + 3600_000),
      icalUid: id,
      subject: 'Service review tapir',
      organizer: 'anna@contoso.com',
      attendees: [{ address: 'carlo@fabrikam.com', response: 'accepted' }],
      joinUrl: 'https://teams.microsoft.com/l/meetup-join/x',
    },
    null,
  );
  await ports.transaction(async (tx) => {
    await saveMeetings(tx, calendar, [meeting]);
    for (const { on } of house.capabilities) await on?.meeting?.(tx, [FABRIKAM], database.clock.now());
  });
  await house.drain();
  await until(house, database.clock.now().toISOString());
  const found = await database.db.selectFrom('review').select('id').where('key', '=', id).executeTakeFirstOrThrow();
  return found.id;
}

/** A meeting of the same review that began some minutes ago. @returns the review's id */
export const meetNow = (house: House): Promise<string> =>
  meet(house, 'meeting of now', new Date(house.database.clock.now().getTime() - 10 * 60_000));

const beginner = (house: House) => {
  const actions = Object.assign({}, ...house.capabilities.map((each) => each.actions ?? {})) as Record<string, Action>;
  return async (key: string, owner: boolean, verb: string, inputs: Record<string, string>, side: Side = 'client'): Promise<string> => {
    const actor: Actor = { partnershipId: FABRIKAM, contactId: contactIdOf(FABRIKAM, key), side, owner, through: 'tab' };
    const action = actions[verb]!;
    const now = house.database.clock.now();
    const run = (tx: Tx) => action.run({ tx, now, actor, subjectId: FABRIKAM, input: action.schema.parse(inputs) });
    return (await house.ports.transaction(run)).subject.id;
  };
};

/** Anna declares a crisis of Contoso with Fabrikam. @returns its id */
export const declareCrisis = (house: House): Promise<string> =>
  beginner(house)('anna', true, 'escalation.crisis', {
    what: 'All is down',
    why: 'Nobody works',
    wanted: 'Everybody',
    doneWhen: 'It is up',
  });

export async function askAround(house: House): Promise<Asked> {
  const begin = beginner(house);
  const said = { what: 'The import stopped', why: 'Invoices go out late' };
  const decision = await begin(
    'joan',
    true,
    'approval.ask',
    { what: 'A new menu', why: 'Callers get lost', doneWhen: 'It is live', scope: 'Change in production' },
    'provider',
  );
  const view = await house.ports.transaction((tx) => approvals.cards!.approval!.view(tx, decision, 'everyone', house.database.clock.now()));
  return {
    review: await meet(house),
    decision,
    of: view!.actions[0]!.carries!.of!,
    help: await begin('anna', true, 'escalation.open', { ...said, wanted: 'Somebody who knows it', doneWhen: 'Two nights without a stop' }),
    update: (await house.database.db.selectFrom('rhythmDate').select('id').where('partnershipId', '=', FABRIKAM).executeTakeFirstOrThrow())
      .id,
    item: await begin('anna', true, 'actionItem.note', {
      what: 'Send the list',
      doneWhen: 'Everybody has it',
      contactId: contactIdOf(FABRIKAM, 'carlo'),
      on: '2026-11-27',
    }),
    worry: await begin('pieter', false, 'escalation.worry', { ...said, what: 'Something feels wrong' }),
  };
}
