import { badRequest, GraphError } from './errors.ts';
import type { TokenEpoch } from './faults.ts';

/** What a next link or delta link remembers. To the client it is opaque; here it is all there is: the server keeps nothing between requests. */
export interface RoundState {
  /** Which collection: mailbox and folder, or a calendar window. A token is good for the URL that it was given for alone. */
  readonly of: string;
  /** Of the process: a token outlives a restart no more than Exchange's cache. */
  readonly process: string;
  readonly epoch: number;
  /** First round: the log position it ends at, and how far it is; later rounds: from where. */
  readonly first: boolean;
  readonly end: number;
  readonly at: number;
  /** Given so far in the first round. */
  readonly given: number;
  readonly select: string | null;
  readonly newestFirst: boolean;
  readonly sinceMs: number | null;
  readonly changeType: string | null;
  readonly top: number | null;
  /** The empty page has been given. */
  readonly emptied: boolean;
}

export const writeToken = (state: object): string => Buffer.from(JSON.stringify(state)).toString('base64url');

/** @throws {GraphError} 400 for what was never a token; 400 or 410 in the shape asked for when its life is over */
export function readToken<State extends { of: string; process: string; epoch: number }>(
  token: string,
  of: string,
  process: string,
  epoch: TokenEpoch,
  freshUrl: string,
): State {
  let state: State;
  try {
    state = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as State;
  } catch {
    throw badRequest('ErrorInvalidUrlQuery', 'Badly formed token.');
  }
  if (state.of !== of) throw badRequest('ErrorInvalidUrlQuery', 'Badly formed token: it belongs to another collection.');
  if (state.process !== process || state.epoch < epoch.current)
    throw expired(state.process === process ? epoch.shape : 'syncStateNotFound', freshUrl);
  return state;
}

function expired(shape: TokenEpoch['shape'], freshUrl: string): GraphError {
  if (shape === 'goneWithLocation')
    return new GraphError(410, 'syncStateNotFound', 'The sync state is not found. Please start a full synchronization.', {
      location: freshUrl,
    });
  if (shape === 'resyncRequired')
    return new GraphError(410, 'resyncRequired', 'Resync required. Replace any local items with the server version.');
  return badRequest('SyncStateNotFound', 'The sync state generation is not found.');
}
