import { type ZodType, z } from 'zod';
import { AgreementView } from '../../bot/contract/charter.ts';
import { type MatterKind, MattersView, MatterView } from '../../bot/contract/matter.ts';
import { ObligationView } from '../../bot/contract/obligation.ts';
import { PeopleView } from '../../bot/contract/people.ts';
import { MyDataView } from '../../bot/contract/privacy.ts';
import { ReviewsView, ReviewView } from '../../bot/contract/review.ts';
import { ActionResult, ErrorView, MeView, TodayView } from '../../bot/contract/today.ts';
import { isAbort, Problem } from './problem.ts';

// zod would try to compile its checks with `new Function`, which the page's policy forbids.
z.config({ jitless: true });

/** The service as the page uses it. Each call takes a token of its own and throws `Problem`. */
export interface Service {
  me(): Promise<MeView>;
  myData(): Promise<MyDataView>;
  today(partnershipId: string): Promise<TodayView>;
  obligation(id: string): Promise<ObligationView>;
  agreement(partnershipId: string): Promise<AgreementView>;
  matters(partnershipId: string, kind: MatterKind): Promise<MattersView>;
  matter(kind: MatterKind, id: string): Promise<MatterView>;
  reviews(partnershipId: string): Promise<ReviewsView>;
  review(id: string): Promise<ReviewView>;
  /** For owners alone. */
  people(partnershipId: string): Promise<PeopleView>;
  act(verb: string, subjectId: string, inputs: Readonly<Record<string, string>>, revision?: number): Promise<ActionResult>;
  /** The open answer of a partnership's stream: lines to read as they come. */
  stream(partnershipId: string, after: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

export function serviceWith(token: () => Promise<string>, fetcher: typeof fetch = (input, init) => fetch(input, init)): Service {
  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    const answer = await send(path, init);
    // The host may hand out a token in its last seconds: once more with the next one.
    const response = answer.status === 401 ? await send(path, init) : answer;
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  async function send(path: string, init: RequestInit): Promise<Response> {
    const bearer = await token().catch((cause: unknown) => {
      throw new Problem('token', { cause });
    });
    try {
      return await fetcher(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${bearer}` }, cache: 'no-store' });
    } catch (cause) {
      if (isAbort(cause)) throw cause;
      throw new Problem('network', { cause });
    }
  }

  async function read<T>(schema: ZodType<T>, path: string, init?: RequestInit): Promise<T> {
    const response = await call(path, init);
    const body: unknown = await response.json().catch(() => undefined);
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw new Problem('unreadable', { status: response.status, cause: parsed.error });
    return parsed.data;
  }

  return {
    me: () => read(MeView, '/api/me'),
    myData: () => read(MyDataView, '/api/me/data'),
    today: (id) => read(TodayView, `/api/partnerships/${encodeURIComponent(id)}/today`),
    obligation: (id) => read(ObligationView, `/api/obligations/${encodeURIComponent(id)}`),
    agreement: (id) => read(AgreementView, `/api/partnerships/${encodeURIComponent(id)}/agreement`),
    matters: (id, kind) => read(MattersView, `/api/partnerships/${encodeURIComponent(id)}/matters/${kind}`),
    matter: (kind, id) => read(MatterView, `/api/matters/${kind}/${encodeURIComponent(id)}`),
    reviews: (id) => read(ReviewsView, `/api/partnerships/${encodeURIComponent(id)}/reviews`),
    review: (id) => read(ReviewView, `/api/reviews/${encodeURIComponent(id)}`),
    people: (id) => read(PeopleView, `/api/partnerships/${encodeURIComponent(id)}/people`),
    act: (verb, subjectId, inputs, revision) =>
      read(ActionResult, `/api/actions/${encodeURIComponent(verb)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ subjectId, ...(revision !== undefined && { revision }), inputs }),
      }),
    async stream(id, after, signal) {
      const { body } = await call(`/api/partnerships/${encodeURIComponent(id)}/stream?after=${encodeURIComponent(after)}`, { signal });
      if (!body) throw new Problem('unreadable');
      return body;
    },
  };
}

async function problemOf(response: Response): Promise<Problem> {
  const said = ErrorView.safeParse(await response.json().catch(() => undefined));
  const { code, message } = said.success ? said.data : { code: undefined, message: null };
  const about = { ...(code && { code }), sentence: message, status: response.status };
  if (response.status === 401) return new Problem('token', about);
  if (response.status === 429 || response.status >= 500) return new Problem('busy', about);
  return new Problem('refused', about);
}
