import type { Subject } from '../capability.ts';

/** Every subject's id begins with a uuid; what comes from a card is checked before it meets a column. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}([/:.][\w.:/-]{1,60})?$/i;

/** The subject that card data names, or null: it is hostile text until then. */
export const subjectFrom = (kind: unknown, id: unknown): Subject | null =>
  typeof kind === 'string' && typeof id === 'string' && ID.test(id) ? { kind, id } : null;
