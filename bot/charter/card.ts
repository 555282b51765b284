import type { CardJson } from '../capability.ts';
import type { CharterView, SideTerms } from '../contract/charter.ts';
import { card, execute, facts, group, plain, textBlock } from '../posts/parts.ts';

/** The card on which both sides agree. It says everything that it asks agreement for. */
export function charterCard(view: CharterView): CardJson {
  return card(
    [
      textBlock(`What we agreed: ${plain(view.name)}`, { heading: true }),
      textBlock(`Version ${view.version}. ${plain(view.state, 300)}`, { subtle: true }),
      ...(view.note ? [textBlock(plain(view.note, 500))] : []),
      sideGroup(view.sides.client),
      sideGroup(view.sides.provider),
      textBlock('When a time passes', { weight: 'Bolder', spacing: 'Medium' }),
      ...view.consequences.map((line) => textBlock(plain(line, 300), { spacing: 'Small' })),
      textBlock('Who will see this', { weight: 'Bolder', spacing: 'Medium' }),
      ...view.audience.map((line) => textBlock(plain(line, 300), { spacing: 'Small' })),
      textBlock('Who agreed', { weight: 'Bolder', spacing: 'Medium' }),
      facts([agreedRow(view.sides.client), agreedRow(view.sides.provider)]),
    ],
    {
      actions: {
        few: view.actions.map(({ label, verb, hint }) =>
          execute(plain(label, 100), verb, press(view, verb), hint ? { tooltip: hint } : {}),
        ),
      },
    },
  );
}

/** The version travels with the press, so that nobody agrees to what was not on the card. */
const press = (view: CharterView, verb: string) => ({ subjectId: view.partnershipId, [`${verb}:version`]: String(view.version) });

const agreedRow = (side: SideTerms) => [plain(side.name, 60), plain(side.agreed, 60)] as const;

const sideGroup = (side: SideTerms) =>
  group(
    [
      textBlock(plain(side.name, 60), { weight: 'Bolder' }),
      facts([
        ['Answers', plain(`${side.answers}. Urgent: ${lowerFirst(side.urgent)}.`, 200)],
        ['Who answers', plain([...new Set([...side.roles, ...side.services])].join(', '), 200)],
        ['Works', plain(side.hours.join('; '), 300)],
        ['Closed next', plain(side.closed.join('; '), 300)],
        ['About this list', side.closedNote && plain(side.closedNote, 200)],
      ]),
    ],
    { emphasis: true },
  );

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
