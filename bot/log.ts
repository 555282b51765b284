import { type DestinationStream, type Logger, pino } from 'pino';
import { nameOfError } from './errors.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

interface LoggedError {
  readonly name: string;
  readonly frames: readonly string[];
  readonly cause?: LoggedError;
}

/** Where an error came from. Its message is left out: drivers and parsers quote what people wrote. */
export function loggedError(error: unknown): LoggedError {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const cause = error instanceof Error && error.cause !== undefined ? { cause: loggedError(error.cause) } : {};
  return { name: nameOfError(error), frames: frames.slice(0, 12).map((line) => line.trim()), ...cause };
}

/** Logs go to stderr as JSON lines; stdout carries the line that says where the service listens. Entries hold ids, not what people wrote. */
export const createLog = (
  level: string,
  to: DestinationStream = pino.destination({ dest: 2, sync: true }),
  /** Added to each entry: where in a trace it was written. */
  here: () => Readonly<Record<string, string>> = () => ({}),
): Logger => pino({ level, serializers: { err: loggedError }, mixin: here }, to);
