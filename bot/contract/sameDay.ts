/** The part of a time that differs from another: the time of day alone when the day is the same. */
export function withoutSameDay(text: string, other: string): string {
  const [day, clock] = text.split(', ');
  return clock !== undefined && day === other.split(', ')[0] ? clock : text;
}
