import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { ActionOutcome, Actor, Capability, Viewer } from '../../bot/capability.ts';
import { contactIdOf } from '../../bot/charter/index.ts';
import type { MatterKind, MatterView } from '../../bot/contract/matter.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { eventsOf } from '../../bot/journal/index.ts';
import { ResponsesWorld } from '../responses/world.ts';

export type Inputs = Record<string, string>;
const PEOPLE = ['anna', 'pieter', 'ruth', 'joan', 'carlo', 'night-desk', 'luis'];

export interface MatterStart {
  /** UTC */
  readonly start: string;
  /** Whose accounts are known. */
  readonly known?: readonly string[];
  readonly agreed?: boolean;
  /** What the charter becomes. */
  readonly change?: (text: string) => string;
}

/** Contoso with Fabrikam on a real database, and one capability of matters: people press, time passes. */
export class MatterWorld {
  readonly base: ResponsesWorld;
  readonly capability: Capability;
  readonly kind: MatterKind;
  constructor(base: ResponsesWorld, capability: Capability, kind: MatterKind) {
    this.base = base;
    this.capability = capability;
    this.kind = kind;
  }

  static async base({ start, agreed = true, change }: MatterStart): Promise<ResponsesWorld> {
    const base = await ResponsesWorld.open(start, change ? false : agreed);
    if (change) await base.agree(change, agreed);
    return base;
  }

  /** Somebody's account is known. */
  async know(key: string): Promise<void> {
    const [tenantId, objectId] = [randomUUID(), randomUUID()];
    await this.db
      .insertInto('identity')
      .values({ tenantId, objectId, contactId: this.idOf(key), boundBy: 'directory', boundAt: this.now() })
      .execute();
  }

  get db() {
    return this.base.base.db;
  }
  get ports() {
    return this.base.base.ports;
  }
  get partnershipId() {
    return this.base.partnershipId;
  }
  now = (): Date => this.base.base.clock.now();
  idOf = (key: string): string => contactIdOf(this.partnershipId, key);
  actor(key: string): Actor {
    const side = ['anna', 'pieter', 'ruth'].includes(key) ? 'client' : 'provider';
    return this.base.actor(side, key, key === 'anna' || key === 'joan');
  }

  /** Presses a verb as somebody. @throws {Refusal} */
  async press(who: string, verb: string, subjectId: string, inputs: Inputs = {}, revision?: number): Promise<ActionOutcome> {
    const action = this.capability.actions![`${this.kind}.${verb}`]!;
    const input = action.schema.parse(inputs);
    return this.ports.transaction((tx) => action.run({ tx, now: this.now(), actor: this.actor(who), subjectId, input, revision }));
  }

  view(id: string, who: string | 'everyone'): Promise<MatterView | null> {
    const viewer: Viewer = who === 'everyone' ? who : this.actor(who);
    return this.ports.transaction((tx) => this.capability.cards![this.kind]!.view(tx, id, viewer, this.now()));
  }

  /** Buttons somebody sees. */
  async buttons(id: string, who: string): Promise<string[]> {
    return ((await this.view(id, who))?.actions ?? []).map(({ verb, label }) =>
      verb === 'open' ? label : verb.replace(`${this.kind}.`, ''),
    );
  }

  /** Who has a message of his own now, of which asking: `carlo 1`. */
  async told(id: string, askings = 12): Promise<string[]> {
    const found: string[] = [];
    for (let asking = 1; asking <= askings; asking += 1) {
      const card = this.capability.cards![`${this.kind}Call`]!;
      const places = await this.ports.transaction((tx) => card.placements(tx, `${id}/${asking}`, this.now()));
      const to = places.flatMap(({ where, state }) =>
        state === 'wanted' && (where.kind === 'personal' || where.kind === 'person') ? [where.contactId] : [],
      );
      found.push(...PEOPLE.filter((key) => to.includes(this.idOf(key))).map((key) => `${key} ${asking}`));
    }
    return found;
  }

  /** Time passes until an instant, through the deadlines of the capability. */
  async until(at: string): Promise<void> {
    const { clock } = this.base.base;
    for (;;) {
      const { rows } = await sql<{ at: Date }>`
        select at from deadline where kind = ${`${this.kind}.next`} and parked_at is null and at <= ${new Date(at)} order by at limit 1`.execute(
        this.db,
      );
      if (!rows[0]) break;
      if (rows[0].at > clock.now()) clock.set(rows[0].at);
      const { failed } = await sweep(this.ports, this.capability.deadlines!);
      if (failed) throw new Error('a deadline did not run');
    }
    clock.set(at);
  }

  /** The history without its sentences: kinds, oldest first; of an asking its level where it has one. */
  async history(id: string): Promise<string[]> {
    const events = await eventsOf(this.db, { kind: this.kind, id });
    return events.map(({ kind, data }) => `${kind.replace(`${this.kind}.`, '')}${kind === 'escalation.asked' ? ` ${data.level}` : ''}`);
  }

  close(): Promise<void> {
    return this.base.close();
  }
}
