import { z } from 'zod';
import type { Action, Capability, CardKind, Command, Dialog, Ports } from '../capability.ts';
import type { Config } from '../config.ts';
import { Refusal } from '../errors.ts';
import type { Log } from '../log.ts';
import { ACCESS_REFUSALS, type Admins, type Subjects, subjectsOf } from '../people/index.ts';
import { cardKinds, tabLink } from '../posts/index.ts';
import type { TeamsPort } from '../posts/port.ts';

/** What the bot works with: the ports, and everything the capabilities offer, by name. */
export interface BotParts {
  readonly ports: Ports;
  readonly config: Config;
  readonly teams: TeamsPort;
  readonly log: Log;
  readonly actions: ReadonlyMap<string, Action>;
  readonly commands: ReadonlyMap<string, Command>;
  readonly dialogs: ReadonlyMap<string, Dialog>;
  readonly kinds: ReadonlyMap<string, CardKind>;
  /** Whose a subject is. */
  readonly subjects: Subjects;
  readonly admins: Admins;
  /** Who wants to know that a meeting is over. */
  readonly meetingEnded: readonly NonNullable<NonNullable<Capability['on']>['meetingEnded']>[];
  /** The plain sentence for what the rules said no to; null for anything else, which is a bug. */
  sentenceOf(error: unknown): string | null;
}

export function botParts(given: Pick<BotParts, 'ports' | 'config' | 'teams' | 'log'> & { capabilities: readonly Capability[] }): BotParts {
  const { capabilities, ...rest } = given;
  const { config } = rest;
  const refusals: Record<string, { message: string }> = Object.assign(
    {},
    ACCESS_REFUSALS,
    ...capabilities.map((capability) => capability.refusals ?? {}),
  );
  return {
    ...rest,
    actions: new Map(capabilities.flatMap(({ actions }) => Object.entries(actions ?? {}))),
    commands: new Map(capabilities.flatMap(({ commands }) => Object.entries(commands ?? {}))),
    dialogs: new Map(capabilities.flatMap(({ dialogs }) => Object.entries(dialogs ?? {}))),
    kinds: cardKinds(capabilities, tabLink(config)),
    subjects: subjectsOf(capabilities),
    meetingEnded: capabilities.flatMap(({ on }) => on?.meetingEnded ?? []),
    admins: { tenantId: config.TENANT_ID, objectIds: config.ADMIN_OBJECT_IDS },
    sentenceOf(error) {
      if (error instanceof Refusal) return refusals[error.code]?.message ?? 'That is not possible now.';
      return error instanceof z.ZodError ? 'Please check what you entered.' : null;
    },
  };
}
