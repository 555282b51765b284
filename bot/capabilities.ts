import { actionItems } from './actionItems/index.ts';
import { approvals } from './approvals/index.ts';
import type { Capability } from './capability.ts';
import { charterCapability } from './charter/index.ts';
import { escalations } from './escalations/index.ts';
import type { FreeBusyPort } from './meetings/index.ts';
import { people } from './people/index.ts';
import { privacy, type Terms } from './privacy/index.ts';
import { responses } from './responses/index.ts';
import { reviews } from './reviews/index.ts';
import { rhythms } from './rhythms/index.ts';
import { setup } from './setup/index.ts';
import { today } from './today/index.ts';

type MailChanged = NonNullable<NonNullable<Capability['on']>['mail']>;

type MeetingsChanged = NonNullable<NonNullable<Capability['on']>['meeting']>;

/**
 * The capabilities of the house. Those that are built from all others are handed the list itself, which is whole by the time they read it.
 * @param reader - makes the reader of mail, which tells every capability that threads or calendars changed
 * @param terms - after how many days what is emptied
 * @param freeBusy - tells when people are taken, where that is asked for
 */
export function allCapabilities(
  reader: (onThreads: MailChanged, onMeetings: MeetingsChanged) => Capability,
  terms?: Terms,
  freeBusy: FreeBusyPort | null = null,
): readonly Capability[] {
  const all: Capability[] = [];
  const onThreads: MailChanged = async (tx, threads, now) => {
    for (const { on } of all) await on?.mail?.(tx, threads, now);
  };
  const onMeetings: MeetingsChanged = async (tx, partnershipIds, now) => {
    for (const { on } of all) await on?.meeting?.(tx, partnershipIds, now);
  };
  all.push(
    people,
    charterCapability(all),
    responses,
    approvals,
    escalations,
    rhythms,
    actionItems,
    reviews(all, freeBusy),
    today(all),
    setup(all),
    privacy(all, terms),
    reader(onThreads, onMeetings),
  );
  return all;
}
