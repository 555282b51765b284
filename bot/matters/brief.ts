import type { BriefSection } from '../capability.ts';

/** A brief holds so many of one kind of matter. */
const MOST = 8;

/** The weightiest lines under their heading; nothing where there is no line. What is open makes a brief worth sending. */
export function briefOf(heading: string, lines: BriefSection['lines']): BriefSection[] {
  const sorted = [...lines].sort((a, b) => b.weight - a.weight);
  return sorted.length ? [{ heading, lines: sorted.slice(0, MOST), changed: true }] : [];
}
