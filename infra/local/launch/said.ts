import { contactIdOf, partnershipIdOf } from '../../../bot/charter/ids.ts';
import type { Entra } from '../entra/index.ts';
import type { Mover } from '../mover.ts';
import type { Said } from '../tenant/index.ts';

/** What the button that this person sees would send beside the form. */
async function carriedBy(url: URL, headers: Record<string, string>, verb: string): Promise<Readonly<Record<string, string>>> {
  const response = await fetch(url, { headers });
  const { actions = [] } = (await response.json()) as { actions?: readonly { verb: string; carries?: Record<string, string> }[] };
  return actions.find((action) => action.verb === verb)?.carries ?? {};
}

interface Answer {
  readonly message: string;
  readonly matter: { readonly id: string } | null;
}

interface Button {
  readonly verb: string;
}
interface ReviewDate {
  readonly id: string;
  readonly actions: readonly Button[];
  readonly items: readonly { readonly id: string; readonly text: string; readonly actions: readonly Button[] }[];
}

/**
 * The date of a review about which this verb can be pressed now, the next before those held, and the inputs as the form would send them: an item
 * is named by words that stand in it, a person by his key.
 */
async function inReview(
  url: string,
  headers: Record<string, string>,
  verb: string,
  slug: string,
  inputs: Readonly<Record<string, string>>,
): Promise<{ readonly subjectId: string; readonly inputs: Readonly<Record<string, string>> }> {
  const response = await fetch(new URL(`/api/partnerships/${partnershipIdOf(slug)}/reviews`, url), { headers });
  const { next = [], held = [] } = (await response.json()) as { next?: readonly ReviewDate[]; held?: readonly ReviewDate[] };
  const offers = ({ actions }: { actions: readonly Button[] }) => actions.some((action) => action.verb === verb);
  const date = [...next, ...held].find((each) => offers(each) || each.items.some(offers));
  if (!date) throw new Error(`no review of ${slug} offers ${verb}`);
  const item = inputs.item && date.items.find(({ text }) => text.includes(inputs.item!));
  return {
    subjectId: date.id,
    inputs: {
      ...inputs,
      ...(item && { item: item.id }),
      ...(inputs.contactId && { contactId: contactIdOf(partnershipIdOf(slug), inputs.contactId) }),
    },
  };
}

/**
 * What people press while the story is told, each at his time and as himself, over the API that the tab uses.
 * @throws {Error} when a press is refused: the folder tells a story that cannot have been
 */
export async function tellSaid(said: readonly Said[], { url, entra, mover }: { url: string; entra: Entra; mover: Mover }): Promise<void> {
  const begun = new Map<string, string>();
  for (const { at, by, verb, about, name, inputs } of said) {
    await mover.moveTo(at);
    const headers = { authorization: `Bearer ${await entra.tokenFor(by)}`, 'content-type': 'application/json' };
    const pressed = verb.startsWith('review.')
      ? await inReview(url, headers, verb, about, inputs)
      : { subjectId: begun.get(about) ?? partnershipIdOf(about), inputs };
    const { subjectId } = pressed;
    const carried = begun.has(about) ? await carriedBy(new URL(`/api/matters/${verb.split('.')[0]}/${subjectId}`, url), headers, verb) : {};
    const response = await fetch(new URL(`/api/actions/${verb}`, url), {
      method: 'POST',
      headers,
      body: JSON.stringify({ subjectId, inputs: { ...carried, ...pressed.inputs } }),
    });
    const answer = (await response.json()) as Answer;
    if (!response.ok) throw new Error(`${by.name} cannot press ${verb} at ${at.toISOString()}: ${answer.message}`);
    if (name && answer.matter) begun.set(name, answer.matter.id);
    await mover.catchUp();
  }
}
