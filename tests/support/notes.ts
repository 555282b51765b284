import { z } from 'zod';
import type { Actor, Capability, Placement, Viewer } from '../../bot/capability.ts';
import { Refusal } from '../../bot/errors.ts';
import { appendEvent } from '../../bot/journal/index.ts';
import { requestPost } from '../../bot/posts/index.ts';
import { card, execute, textBlock } from '../../bot/posts/parts.ts';

export interface Note {
  partnershipId: string;
  text: string;
  state: Placement['state'];
  where?: Placement['where'];
  /** In further places too. */
  also?: readonly Placement['where'][];
  weight?: number;
  /** Sentence for one contact alone. */
  secret?: string;
  /** Contacts who come first. */
  concerns?: readonly string[];
}
interface NoteView {
  readonly id: string;
  readonly text: string;
  readonly secret: string | null;
}

/**
 * A capability as small as can be: notes on cards. `notes` is what they say now. Its actions: `note.sign` (adds a word to the note, or
 * refuses when it is `closed`) and `note.break`, a bug.
 */
export function noting(notes: Map<string, Note>) {
  const signed: { id: string; by: Actor; word: string }[] = [];
  const capability: Capability = {
    name: 'notes',
    events: { 'note.signed': { schema: z.object({}), sentence: (_event, who) => `${who} signed.` } },
    refusals: { 'note.closed': { status: 409, message: 'This note is closed.' } },
    subjects: { note: async (_tx, id) => notes.get(id)?.partnershipId ?? null },
    cards: {
      note: {
        concerns: async (_tx, id) => notes.get(id)?.concerns ?? [],
        async placements(_tx, id) {
          const note = notes.get(id);
          if (!note) return [];
          const where = note.where ?? { kind: 'channel', partnershipId: note.partnershipId };
          return [where, ...(note.also ?? [])].map((each) => ({
            where: each,
            state: note.state,
            viewer: 'everyone',
            ...(note.weight !== undefined && { alertWeight: note.weight }),
          }));
        },
        async view(_tx, id: string, viewer: Viewer): Promise<NoteView | null> {
          const note = notes.get(id);
          if (!note || (viewer !== 'everyone' && viewer.partnershipId !== note.partnershipId)) return null;
          return { id, text: note.text, secret: viewer === 'everyone' ? null : (note.secret ?? null) };
        },
        card: (view: NoteView) =>
          card([textBlock(view.text), ...(view.secret ? [textBlock(view.secret)] : [])], {
            actions: { few: [execute('Sign', 'note.sign', { subjectId: view.id, 'note.sign:word': 'ok' })] },
          }),
      },
    },
    actions: {
      'note.sign': {
        schema: z.object({ word: z.string().max(20) }),
        subjectKind: 'note',
        async run({ tx, now, actor, subjectId, input }) {
          const note = notes.get(subjectId);
          if (!note || note.partnershipId !== actor.partnershipId) throw new Refusal('subject.not_found');
          if (note.text === 'closed') throw new Refusal('note.closed');
          const subject = { kind: 'note', id: subjectId };
          const event = await appendEvent(tx, { kind: 'note.signed', subject, partnershipId: note.partnershipId, at: now, by: actor });
          signed.push({ id: subjectId, by: actor, word: input.word });
          note.text = `${note.text}, signed`;
          return { subject, message: 'Signed.', undoEventId: event.id };
        },
      },
      'note.undo': {
        schema: z.object({ eventId: z.string() }),
        subjectKind: 'note',
        run: async ({ subjectId }) => ({ subject: { kind: 'note', id: subjectId }, message: 'Taken back.', undoEventId: null }),
      },
      'note.break': {
        schema: z.object({}),
        subjectKind: 'note',
        run: async () => {
          throw new Error('a bug, with words of people in it');
        },
      },
    },
    commands: {
      help: { help: 'What I can do', run: async () => ({ text: 'Words: help, show' }) },
      show: {
        help: 'A card',
        run: async ({ viewer }) => ({ card: card([textBlock(viewer === 'everyone' ? 'For everyone' : 'For you')]) }),
      },
    },
  };
  return { capability, signed, requestPost };
}
