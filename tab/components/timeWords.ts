/** Whole minutes of a duration, as hours and minutes. */
export function hoursAndMinutes(seconds: number): [hours: number, minutes: number] {
  const minutes = Math.round(seconds / 60);
  return [Math.floor(minutes / 60), minutes % 60];
}

/** `Sat 21 Nov`, for a date that belongs to no zone. */
export function dayOf(on: string, locale: string): string {
  const at = new Date(`${on}T12:00:00Z`);
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' })
    .format(at)
    .replace(/^(\w{3}), /, '$1 ');
}

/** `Tue 24 Nov, 10:12` in a zone; `Tue 10:12` for a clock on the wall. */
export function dayAndTime(instant: string, zone: string, locale: string, kind: 'day' | 'weekday' = 'day'): string {
  const date = kind === 'day' ? ({ weekday: 'short', day: 'numeric', month: 'short' } as const) : ({ weekday: 'short' } as const);
  const at = new Date(instant);
  const day = new Intl.DateTimeFormat(locale, { timeZone: zone, ...date }).format(at).replace(/^(\w{3}), /, '$1 ');
  const clock = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(at);
  return kind === 'day' ? `${day}, ${clock}` : `${day} ${clock}`;
}
