import { noticesFor } from '../approvals/index.ts';
import type { Actor } from '../capability.ts';
import type { AgreedCharter, Contact } from '../charter/charter.ts';
import { clockText } from '../charter/readable.ts';
import type { ActionInput, ActionView } from '../contract/obligation.ts';
import { buttonOf, choiceInput, linkTo, mailto, textInput } from '../form.ts';
import { contactIn, type World } from '../people/index.ts';
import { visible } from '../posts/plain.ts';
import { helpForm } from '../responses/index.ts';
import { localDate } from '../worktime/index.ts';
import type { Escalation } from './escalation.ts';
import { mayHelp, usualUpdateAt } from './rules.ts';
import { isCrisis, requestLines, treeMail } from './tree.ts';

const button = buttonOf('escalation');

const RHYTHM = choiceInput(
  'everyHours',
  'An update at least every',
  ['1', '2', '4', '8'].map((value) => ({ value, title: value === '1' ? 'hour' : `${value} hours` })),
  '2',
);

/** What somebody may begin. @param what - a first line that was typed already */
export function beginButtons(actor: Actor, what = ''): ActionView[] {
  return [
    button('open', 'Ask for help …', helpForm(visible(what, 200)), {
      hint: 'The people who were agreed on are asked one level after the other, until somebody takes it.',
    }),
    ...(actor.owner
      ? [
          button('crisis', 'Declare a crisis …', [...helpForm().filter(({ id }) => id !== 'urgency'), RHYTHM], {
            rank: 'more',
            hint: 'Everyone agreed on is asked at any hour, and times count around the clock.',
          }),
        ]
      : [
          button(
            'worry',
            'Tell my owner a worry …',
            [textInput('what', 'What worries you', { max: 200, value: visible(what, 200) }), textInput('why', 'Why it matters')],
            {
              rank: 'more',
              hint: 'Only the person who answers for your side reads it.',
            },
          ),
        ]),
  ];
}

const nextUpdate = (e: Escalation, charter: AgreedCharter, me: Contact, now: Date): ActionInput => {
  const { work, place } = me.calendar ?? charter.sides[me.side].calendar;
  const at = usualUpdateAt(e, charter, me, now);
  return {
    id: 'nextUpdate',
    kind: 'datetime',
    label: `Next update by, in ${place}`,
    required: false,
    value: `${localDate(work.zone, at)}T${clockText(work.zone, at)}`,
  };
};

/** What somebody may say now; for everyone what fits the state, without forms that are made for one person. */
export function buttonsFor(e: Escalation, charter: AgreedCharter, viewer: Actor | 'everyone', now: Date): ActionView[] {
  if (e.state === 'closed') return [];
  const me = viewer === 'everyone' ? null : (contactIn(charter, viewer.contactId) ?? null);
  if (viewer !== 'everyone' && !me) return [];
  const helping = me === null || mayHelp(e, me);
  const asking = me === null || me.side === e.askingSide;
  const update = me ? [nextUpdate(e, charter, me, now)] : [];
  const found: ActionView[] = [];
  if (e.state === 'worry') {
    if (!me) return [];
    if (me.owner && me.id !== e.by)
      found.push(
        button('raise', 'Ask them for help …', helpForm(e.request.what, e.request.why)),
        button('keep', 'Not now …', [textInput('text', 'What you say to your colleague')]),
      );
    if (me.id === e.by) found.push(button('withdraw', 'Take it back'));
    return found;
  }
  const resolve = button('resolve', 'Resolved …', [textInput('text', 'What was done', { placeholder: e.request.doneWhen.slice(0, 80) })]);
  if (helping && e.state === 'asking')
    found.push(
      button('take', 'Take it', me ? [...update, textInput('text', 'What you do first', { required: false })] : [], {
        hint: 'You say when the other side hears more. Until then nobody else is asked.',
      }),
    );
  if (helping && e.state === 'taken') found.push(button('update', 'Update …', [textInput('text', 'What is new'), ...update]), resolve);
  if (helping && (e.state === 'asking' || e.state === 'taken')) {
    found.push(
      button(
        'propose',
        'Propose a fix …',
        [textInput('text', 'What you would do'), ...(me ? unlessTheyObject(e, charter) : []), ...update],
        {
          rank: e.state === 'taken' ? 'few' : 'more',
          hint: 'The other side can agree by one click.',
        },
      ),
    );
    if (e.state === 'asking') found.push({ ...resolve, rank: 'more' });
  }
  if (asking && (e.state === 'asking' || e.state === 'taken') && e.proposal?.agreed === null && !e.proposal.noticeId)
    found.unshift(button('agree', 'Go ahead'), button('decline', 'Not like that …', [textInput('text', 'What would help instead')]));
  if (asking && e.state === 'resolved')
    found.push(button('confirm', 'Confirm'), button('reopen', 'Not done yet …', [textInput('text', 'What is missing')]));
  if (asking && me) found.push(button('withdraw', 'No help needed any more', [], { rank: 'more' }));
  if (me?.owner && me.side === e.askedSide && e.state === 'asking') found.push(...mails(e, charter));
  return found;
}

const WHEN_THEY_AGREE = 'agreed';
/** The choice of a notice about a scope. A card takes no choice without a value, and a scope may be called anything. */
export const noticeAbout = (scope: string): string => `notice:${scope}`;
/** The scope of {@link noticeAbout}; none of any other value. */
export const noticeScopeOf = (chosen: string | undefined): string | undefined =>
  chosen?.startsWith('notice:') ? chosen.slice('notice:'.length) : undefined;

/** Where both sides agreed that silence decides about something of this kind: the fix may go ahead unless they object. */
function unlessTheyObject(e: Escalation, charter: AgreedCharter): ActionInput[] {
  const scopes = noticesFor(charter, e.askedSide);
  if (!scopes.length) return [];
  const choices = scopes.map((scope) => ({
    value: noticeAbout(scope),
    title: `Unless they object, as agreed for “${visible(scope, 60)}”`,
  }));
  const all = [{ value: WHEN_THEY_AGREE, title: 'When they agree' }, ...choices];
  return [{ ...choiceInput('scope', 'It goes ahead', all), required: false }];
}

/** For whom Rapport reaches by mail alone: a ready mail, and that it was sent. */
function mails(e: Escalation, charter: AgreedCharter): ActionView[] {
  return e.calls
    .filter((call) => call.how === 'mail' && call.sentAt === null)
    .flatMap((call) => {
      const contact = contactIn(charter, call.contactId);
      if (!contact?.addresses[0]) return [];
      const name = charter.sides[e.askingSide].name;
      return [
        linkTo(
          `Write to ${contact.role}`,
          mailto([contact.addresses[0]], `${name} asks for help: ${e.request.what}`, requestLines(e).join('\n')),
        ),
        button('sent', `Sent to ${contact.role}`, [], {
          carries: { contactId: contact.id },
          hint: 'From now on counts the time in which it is to be taken.',
        }),
      ];
    });
}

/** In a crisis the list of people goes to both owners by mail: what lives in Teams is gone when Teams is. */
export function contactTree(e: Escalation, world: World, viewer: Actor): ActionView[] {
  if (!isCrisis(e) || !viewer.owner) return [];
  const { to, cc, subject, text: body } = treeMail(e, world);
  return [
    linkTo('Mail the list of people', mailto(to, subject, body, cc), {
      hint: 'A ready mail to the owners of both sides and whoever is to be called. You send it.',
      rank: 'more',
    }),
  ];
}
