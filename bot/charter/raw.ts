/** Plain data of a file, of any shape, looked at without trusting it. */
export type Data = Readonly<Record<string, unknown>>;

/** The value as a mapping; an empty one where it is none. */
export const asData = (value: unknown): Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {};
/** The value as a list: nothing is an empty one, anything else a list of one. */
export const asList = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
