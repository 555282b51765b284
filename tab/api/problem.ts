/**
 * Why a call did not work, as the page tells it apart: `token` the host gave none or it was not accepted, `network` no answer, `refused`
 * the service said no with a sentence, `busy` it cannot answer now, `unreadable` it answered something unknown (a newer service).
 */
export type ProblemKind = 'token' | 'network' | 'refused' | 'busy' | 'unreadable';

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  /** The service's own code (`obligation.ended`), where it gave one. */
  readonly code: string;
  /** The service's sentence for the person, where it gave one. */
  readonly sentence: string | null;
  readonly status: number;
  constructor(kind: ProblemKind, said: { code?: string; sentence?: string | null; status?: number; cause?: unknown } = {}) {
    super(said.code ?? kind, { cause: said.cause });
    this.kind = kind;
    this.code = said.code ?? kind;
    this.sentence = said.sentence ?? null;
    this.status = said.status ?? 0;
  }
}

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';
