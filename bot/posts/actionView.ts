import type { CardJson } from '../capability.ts';
import type { ActionInput, ActionView } from '../contract/obligation.ts';
import { actionSet, type CardAction, type CardElement, card, execute, plain, showCard } from './parts.ts';

/** Ids of inputs are unique in a card, so each is written `<verb>:<id>`; `inputsOf` takes that away again. */
const inputId = (verb: string, id: string): string => `${verb}:${id}`;
/** A `datetime` is a day and a time of day: two inputs, joined to `2026-11-26T15:00` when they come back. */
const timeOf = (id: string): string => `${id}~time`;

/** A button of a view as a card's action: pressed at once, behind a form, or a link. */
export function fromActionView(view: ActionView, subjectId: string, revision?: number): CardAction {
  const label = plain(view.label, 80);
  if (view.openUrl !== undefined) return { type: 'Action.OpenUrl', title: label, url: view.openUrl };
  const data = dataOf(view, subjectId, revision);
  const hint = view.hint ? { tooltip: plain(view.hint, 120) } : {};
  if (!view.inputs.length) return execute(label, view.verb, data, hint);
  // The dots promise a form; the button in the form does it.
  return showCard(label, formOf(view), [execute(label.replace(/ ?…$/, ''), view.verb, data, { withInputs: true })]);
}

const dataOf = ({ verb, carries = {} }: ActionView, subjectId: string, revision?: number): Record<string, unknown> => ({
  subjectId,
  ...(revision === undefined ? {} : { revision }),
  ...Object.fromEntries(Object.entries(carries).map(([id, value]) => [inputId(verb, id), value])),
});

const formOf = (view: ActionView): CardElement[] => [
  ...(view.hint ? [{ type: 'TextBlock', text: plain(view.hint, 240), wrap: true, isSubtle: true }] : []),
  ...view.inputs.flatMap((input) => inputElements(view.verb, input)),
];

/** The form of a button as the page of a dialog, which knows Action.Submit alone. */
export const formCard = (view: ActionView, subjectId: string): CardJson =>
  card([
    ...formOf(view),
    {
      type: 'ActionSet',
      actions: [
        {
          type: 'Action.Submit',
          title: plain(view.label, 80).replace(/ ?…$/, ''),
          associatedInputs: 'auto',
          data: { ...dataOf(view, subjectId), verb: view.verb },
        },
      ],
    },
  ]);

/** All buttons of a view: the few on the card, the rest behind More. */
export const actionsOf = (views: readonly ActionView[], subjectId: string, revision?: number): CardElement[] => {
  const ranked = (rank: ActionView['rank']) =>
    views.filter((view) => view.rank === rank).map((view) => fromActionView(view, subjectId, revision));
  return actionSet(ranked('few'), ranked('more'));
};

function inputElements(verb: string, input: ActionInput): CardElement[] {
  const shared = {
    id: inputId(verb, input.id),
    label: input.label,
    ...(input.required && { isRequired: true, errorMessage: `${input.label}: please fill this in` }),
  };
  const value = input.value === undefined ? {} : { value: input.value };
  switch (input.kind) {
    case 'date':
      return [{ type: 'Input.Date', ...shared, ...value }];
    case 'datetime': {
      const [day, time] = input.value?.split('T') ?? [];
      return [
        { type: 'Input.Date', ...shared, ...(day && { value: day }) },
        { type: 'Input.Time', id: inputId(verb, timeOf(input.id)), label: 'Time', ...(time && { value: time.slice(0, 5) }) },
      ];
    }
    case 'choice':
      return [
        {
          type: 'Input.ChoiceSet',
          style: 'compact',
          choices: (input.choices ?? []).map(({ value, title }) => ({ value, title: plain(title, 80) })),
          ...shared,
          ...value,
        },
      ];
    case 'text': {
      const placeholder = input.placeholder ? { placeholder: input.placeholder } : {};
      return [
        { type: 'Input.Text', isMultiline: (input.max ?? 0) > 120, maxLength: input.max ?? 200, ...placeholder, ...shared, ...value },
      ];
    }
  }
}

/**
 * What a press carries for `verb`, by the names the action declared: hostile until its schema has parsed it. Inputs of other forms on the
 * same card, and those left empty, are dropped.
 */
export function inputsOf(verb: string, data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const prefix = `${verb}:`;
  const sent = new Map(Object.entries(data).filter(([key, value]) => key.startsWith(prefix) && value !== ''));
  const inputs: Record<string, unknown> = {};
  for (const [key, value] of sent) {
    const id = key.slice(prefix.length);
    const time = sent.get(inputId(verb, timeOf(id)));
    if (!id.endsWith('~time')) inputs[id] = typeof time === 'string' ? `${String(value)}T${time}` : value;
  }
  return inputs;
}
