import { saidByOwner, type WhoIsWho } from '../people/index.ts';
import { type CardAction, type CardElement, execute, plain, showCard } from '../posts/parts.ts';

/** What would not fit on a card stands in the tab. */
const MOST_BUTTONS = 8;
const MOST_CHOICES = 40;

/**
 * For an owner: *this is Joan*, one button for each member who is likely a contact; a form for everybody else; a form to take back. External
 * members of a shared channel cannot always open the tab, so that all of it can be done here.
 */
export function whoButtons(conversationId: string, { unknown, contacts }: WhoIsWho): CardAction[] {
  const likely = unknown
    .slice(0, MOST_BUTTONS)
    .flatMap((member) =>
      member.contact
        ? [
            execute(
              `${plain(member.name, 40)} is ${plain(member.contact.name, 40)}`,
              'setup.bind',
              { subjectId: conversationId, 'setup.bind:account': accountOf(member), 'setup.bind:contactId': member.contact.id },
              { tooltip: 'Lets this account press buttons as this person' },
            ),
          ]
        : [],
    );
  const said = contacts.flatMap((contact) =>
    contact.accounts.filter(saidByOwner).map((account) => ({
      title: `${plain(account.name ?? 'An account that is not in the channel', 40)} is ${plain(contact.name, 40)}`,
      value: `${accountOf(account)}/${contact.id}`,
    })),
  );
  return [
    ...likely,
    ...(unknown.length && contacts.length ? [sayWho(conversationId, unknown, contacts)] : []),
    ...(said.length
      ? [
          showCard(
            'Take back who somebody is …',
            [choice('setup.unbind:binding', 'Which is not so?', said)],
            [execute('Take back', 'setup.unbind', { subjectId: conversationId }, { withInputs: true })],
          ),
        ]
      : []),
  ];
}

const sayWho = (conversationId: string, unknown: WhoIsWho['unknown'], contacts: WhoIsWho['contacts']): CardAction =>
  showCard(
    'Say who somebody is …',
    [
      choice(
        'setup.bind:account',
        'Who in this channel?',
        unknown.map((member) => ({ title: plain(member.name, 60) || 'Somebody without a name', value: accountOf(member) })),
      ),
      choice(
        'setup.bind:contactId',
        'Is which person?',
        contacts.map(({ id, name }) => ({ title: plain(name, 60), value: id })),
      ),
    ],
    [execute('This is so', 'setup.bind', { subjectId: conversationId }, { withInputs: true })],
  );

const accountOf = ({ tenantId, objectId }: { tenantId: string; objectId: string }): string => `${tenantId}/${objectId}`;

const choice = (id: string, label: string, choices: readonly { title: string; value: string }[]): CardElement => ({
  type: 'Input.ChoiceSet',
  style: 'compact',
  id,
  label,
  isRequired: true,
  errorMessage: 'Please choose',
  choices: choices.slice(0, MOST_CHOICES),
});
