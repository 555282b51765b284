import type {
  DeskClock,
  DeskDialogue,
  DeskEvent,
  DeskMail,
  DeskMailToSend,
  DeskMessage,
  DeskMove,
  DeskPress,
  DeskState,
} from '../contract.ts';

async function call<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/desk/api/${path}`, {
    cache: 'no-store',
    ...(body !== undefined && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error('The desk does not answer. Is npm start still running?');
  });
  const text = await response.text();
  const answer: unknown = text ? JSON.parse(text) : undefined;
  if (!response.ok) throw new Error((answer as { message?: string } | undefined)?.message ?? `Something went wrong (${response.status}).`);
  return answer as T;
}
const query = (values: Record<string, string>) => new URLSearchParams(values).toString();

export const api = {
  state: (as: string) => call<DeskState>(`state?${query({ as })}`),
  messages: (as: string, conversation: string, entering: boolean) =>
    call<DeskMessage[]>(`messages?${query({ as, conversation, ...(entering && { enter: 'true' }) })}`),
  say: (body: { as: string; conversation: string; text: string; thread?: string | undefined }) => call<unknown>('say', body),
  press: (body: { as: string; message: string; action: { type: string; id?: string; title?: string; verb?: string; data?: unknown } }) =>
    call<DeskPress>('press', body),
  dialog: (body: { as: string; conversation: string; message: string | null; command: string; data?: unknown }) =>
    call<DeskDialogue>('dialog', body),
  open: (as: string) => call<unknown>('open', { as }),
  move: (move: DeskMove) => call<{ clock: DeskClock }>('move', move),
  token: (as: string) => call<{ token: string }>('token', { as }),
  mails: (as: string) => call<DeskMail[]>(`mails?${query({ as })}`),
  addresses: () => call<{ name: string; address: string }[]>('addresses'),
  send: (mail: DeskMailToSend) => call<unknown>('mail', mail),
  /** Calls `onEvent` with each event until the answer is called; `onLost` when the connection is cut (it comes back by itself). */
  listen(onEvent: (event: DeskEvent) => void, onLost: () => void): () => void {
    const source = new EventSource('/desk/api/stream');
    source.onmessage = (message) => onEvent(JSON.parse(message.data) as DeskEvent);
    source.onerror = onLost;
    return () => source.close();
  },
};
