/**
 * A link that Graph gave, to be followed as it is.
 * @throws {Error} when it leads to another origin: the token would go there
 */
export function sameOrigin(link: string, origin: string): string;
export function sameOrigin(link: string | undefined, origin: string): string | undefined;
export function sameOrigin(link: string | undefined, origin: string): string | undefined {
  if (link !== undefined && new URL(link).origin !== origin) throw new Error('a link of another origin was refused');
  return link;
}
