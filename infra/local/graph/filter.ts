import { badRequest, inefficient } from './errors.ts';

/** `property operator value`, joined by `and`. Values are texts; instants compare as such in their ISO form. */
export interface Term {
  readonly property: string;
  readonly operator: 'eq' | 'ne' | 'ge' | 'gt' | 'le' | 'lt';
  readonly value: string;
}

const TERM = /^\s*([A-Za-z/]+)\s+(eq|ne|ge|gt|le|lt)\s+(?:'((?:[^']|'')*)'|([^\s']+))\s*/;
const AND = /^and\s+/i;

/** @throws {GraphError} 400 for what is outside the small part of OData that mailboxes understand here */
export function readFilter(filter: string): Term[] {
  const terms: Term[] = [];
  for (let rest = filter; ; ) {
    const match = TERM.exec(rest);
    if (!match) throw badRequest('ErrorInvalidUrlQueryFilter', 'The query filter contains one or more invalid nodes.');
    terms.push({ property: match[1]!, operator: match[2] as Term['operator'], value: match[3]?.replaceAll("''", "'") ?? match[4]! });
    rest = rest.slice(match[0].length);
    if (rest === '') return terms;
    if (!AND.test(rest)) throw badRequest('ErrorInvalidUrlQueryFilter', 'The query filter contains one or more invalid nodes.');
    rest = rest.replace(AND, '');
  }
}

export function fits({ operator, value }: Term, actual: string): boolean {
  if (operator === 'eq') return actual === value;
  if (operator === 'ne') return actual !== value;
  const instants = [Date.parse(actual), Date.parse(value)] as const;
  const order = Number.isNaN(instants[1]) ? actual.localeCompare(value) : instants[0] - instants[1];
  return operator === 'ge' ? order >= 0 : operator === 'gt' ? order > 0 : operator === 'le' ? order <= 0 : order < 0;
}

/**
 * With a filter, a mailbox orders only by what the filter names first, in the same order.
 * @throws {GraphError} 400 InefficientFilter
 */
export function readOrder(
  orderBy: string | null,
  terms: readonly Term[],
  orderable: readonly string[],
): { property: string; descending: boolean } | null {
  if (orderBy === null) return null;
  const properties = orderBy.split(',').map((part) => part.trim().split(/\s+/));
  for (const [property = ''] of properties)
    if (!orderable.includes(property)) throw badRequest('ErrorInvalidUrlQuery', `Ordering by '${property}' is not supported.`);
  const filtered = [...new Set(terms.map(({ property }) => property))];
  if (terms.length > 0 && properties.some(([property], i) => filtered[i] !== property)) throw inefficient();
  return { property: properties[0]![0]!, descending: properties[0]![1]?.toLowerCase() === 'desc' };
}
