import type { Actor } from '../capability.ts';
import type { AgreedCharter, Contact, DecisionScope } from '../charter/charter.ts';
import type { ActionInput, ActionView } from '../contract/obligation.ts';
import { buttonOf, choiceInput, textInput } from '../form.ts';
import { contactIn } from '../people/index.ts';
import { visible } from '../posts/plain.ts';
import type { Approval, Seat } from './approval.ts';
import { hashOf, inTurn, mayBeNotice, scopesFor, seatOf } from './rules.ts';

const button = buttonOf('approval');

const scopeTitle = ({ scope, limit }: DecisionScope): string => (limit ? `${scope} (up to ${limit.amount} ${limit.unit})` : scope);

const choiceOf = (scopes: readonly DecisionScope[]): ActionInput[] =>
  scopes.length > 1
    ? [
        choiceInput(
          'scope',
          'About',
          scopes.map((scope) => ({ value: scope.scope, title: scopeTitle(scope) })),
        ),
      ]
    : [];

const amountOf = (limits: readonly (DecisionScope['limit'] | null)[], value = ''): ActionInput[] => {
  const units = [...new Set(limits.flatMap((limit) => limit?.unit ?? []))];
  const optional = limits.some((limit) => !limit);
  return units.length
    ? [
        textInput('amount', `How much, in ${units.join(' or ')}${optional ? ', where there is a limit' : ''}`, {
          required: !optional,
          max: 16,
          value,
        }),
      ]
    : [];
};

const form = (what = '', why = '', doneWhen = ''): ActionInput[] => [
  textInput('what', 'What you want to do', { max: 200, placeholder: 'Two more agents on the evening shift in December', value: what }),
  textInput('why', 'Why', { placeholder: 'Calls wait longer than five minutes after 18:00', value: why }),
  textInput('doneWhen', 'Done when', { placeholder: 'Both work from 1 December until 6 January', value: doneWhen }),
];

/** What somebody may begin: only what was agreed that the other side decides. @param what - a first line that was typed already */
export function beginButtons(charter: AgreedCharter, actor: Actor, what = ''): ActionView[] {
  const scopes = scopesFor(charter, actor.side);
  const silent = scopes.filter(mayBeNotice);
  const words = form(visible(what, 200));
  return [
    ...(scopes.length
      ? [
          button('ask', 'Ask for a decision …', [...choiceOf(scopes), ...words, ...amountOf(scopes.map(({ limit }) => limit))], {
            hint: 'Whoever decides about this is asked, and both sides see how it stands.',
          }),
        ]
      : []),
    ...(silent.length
      ? [
          button(
            'notice',
            'Say what you will do unless they object …',
            [
              ...choiceOf(silent),
              ...words,
              ...amountOf(silent.map(({ limit }) => limit)),
              { id: 'on', kind: 'date', label: 'Not before the end of', required: false },
            ],
            {
              rank: 'more',
              hint: `It goes ahead after ${days(silent)} of theirs without an objection, once it has reached everybody who may object.`,
            },
          ),
        ]
      : []),
  ];
}

function days(scopes: readonly DecisionScope[]): string {
  const all = scopes.flatMap(({ objectionDays }) => objectionDays ?? []);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return least === most ? `${least} working days` : `${least} to ${most} working days`;
}

/** What somebody may say now; for everyone what fits the state, without forms that are made for one person. */
export function buttonsFor(a: Approval, charter: AgreedCharter, viewer: Actor | 'everyone'): ActionView[] {
  if (a.state === 'closed') return [];
  const me = viewer === 'everyone' ? null : (contactIn(charter, viewer.contactId) ?? null);
  if (viewer !== 'everyone' && !me) return [];
  const found: ActionView[] = [];
  const mine = me ? seatOf(a, me.id) : inTurn(a)[0];
  if (mine) found.push(...decide(a));
  if (me && mine) found.push(...handOver(a, charter, me, mine));
  const asking = me === null || me.id === a.by || (me.owner && me.side === a.askingSide);
  if (asking && a.state === 'unclear') found.unshift(button('answer', 'Answer …', [textInput('text', 'Your answer')]));
  if (asking && me)
    found.push(
      button('change', 'Change …', changeForm(a), {
        rank: 'more',
        hint: 'It is asked anew: what was said so far was about something else.',
      }),
      button('withdraw', 'Take it back', [], { rank: 'more' }),
    );
  if (me?.owner && me.side === a.decidingSide)
    for (const seat of inTurn(a)) if (seat !== mine) found.push(...handOver(a, charter, me, seat));
  return found;
}

function decide(a: Approval): ActionView[] {
  const carries = { of: hashOf(a) };
  const notice = a.kind === 'notice';
  const why = textInput('text', notice ? 'Why not, or what instead' : 'Why not');
  return [
    button('approve', notice ? 'Fine with me' : 'Approve', [], { carries }),
    button('decline', notice ? 'Object …' : 'Decline …', [why], { carries }),
    ...(a.state === 'asking'
      ? [button('unclear', 'Ask …', [textInput('text', 'What is not clear')], { carries, hint: 'Your time rests until they answer.' })]
      : []),
  ];
}

const changeForm = ({ scope, request }: Approval): ActionInput[] => [
  ...form(request.what, request.why, request.doneWhen),
  ...amountOf([scope.limit], request.amount === null ? '' : String(request.amount)),
];

/** *Somebody else decides*: whoever has the seat says so, or an owner of his side. */
function handOver(a: Approval, charter: AgreedCharter, me: Contact, seat: Seat): ActionView[] {
  const free = charter.sides[a.decidingSide].contacts.filter(
    (contact) => !contact.left && !a.seats.some(({ by, agreed }) => by === contact.id || agreed === contact.id),
  );
  if (!free.length) return [];
  const role = contactIn(charter, seat.by ?? seat.agreed)?.role ?? '';
  const who = choiceInput(
    'contactId',
    'Who decides',
    free.map((contact) => ({ value: contact.id, title: `${contact.name} (${contact.role})` })),
  );
  return [
    button('handOver', seat.by === me.id ? 'Somebody else decides …' : `In place of ${role} …`, [who], {
      rank: 'more',
      carries: { agreed: seat.agreed },
    }),
  ];
}
