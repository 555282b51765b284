/**
 * The rules say no. `code` is public and stable (`obligation.settled`); `details` holds ids and numbers, never what people wrote.
 * Each capability declares the HTTP status of its codes in `refusals`.
 */
export class Refusal<Code extends string = string> extends Error {
  override readonly name = 'Refusal';
  readonly code: Code;
  readonly details: Record<string, string | number>;
  constructor(code: Code, details: Record<string, string | number> = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

/** Something outside (Graph, Teams, the token authority, the database) does not answer now. Jobs try again, after `retryAfterSeconds` where told. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  readonly retryAfterSeconds: number | undefined;
  constructor(message: string, options: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** What an operator wrote (a charter, a setting, a file) cannot be used. The message names the place and the mend; it is shown as it is, without a stack. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

/**
 * An error without what people wrote, for logs, `last_error` and `/readyz`: its name, its code, and where in this project it came from.
 * Messages are left out: drivers quote values in them. `Unavailable` speaks in our own words: what it says is kept, and what it came from.
 * Of Entra ID's messages the number alone is, by which Microsoft says what is wrong with a registration.
 */
export function nameOfError(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const entra = /\bAADSTS\d{4,9}\b/.exec(error.message)?.[0];
  const place = error.stack
    ?.split('\n')
    .find((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line))
    ?.match(/([^\s(/\\]+[/\\][^\s(/\\]+:\d+):\d+\)?$/)?.[1];
  const named = `${error.name}${code}${entra ? ` ${entra}` : ''}`;
  if (!(error instanceof Unavailable)) return `${named}${place ? ` at ${place}` : ''}`;
  const cause = error.cause instanceof Error ? ` (${nameOfError(error.cause)})` : '';
  return `${named}: ${error.message}${place ? ` at ${place}` : ''}${cause}`;
}
