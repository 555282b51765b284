const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** RFC 5322, section 4.3, in minutes east of UTC. Other letters say nothing about the zone and are read as UTC, as it says. */
const ZONES: Readonly<Record<string, number>> = { edt: -240, est: -300, cdt: -300, cst: -360, mdt: -360, mst: -420, pdt: -420, pst: -480 };

const DAY_FIRST =
  /^(?:[a-z]{2,9}\.?,?\s*)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*\.?,?[\s-]+(\d{2,4}),?\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)?\s*([+-]\d{4}|[+-]\d{2}:\d{2}|[a-z]{1,5})?/i;
/** As the C library writes it: `Mon Apr 29 12:31:01 2019`, the zone before or behind the year. */
const MONTH_FIRST =
  /^(?:[a-z]{3,9},?\s+)?([a-z]{3})[a-z]*\s+(\d{1,2}),?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s+(?:([+-]\d{4}|[a-z]{1,5})\s+)?(\d{4})(?:\s+([+-]\d{4}|[a-z]{1,5}))?/i;
const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(Z|[+-]\d{2}:?\d{2})?/i;

/** The instant of a Date header, or undefined when it says none. Never depends on this machine's zone: without one it is UTC. */
export function parseMailDate(text: string): Date | undefined {
  const bare = text.includes('(') ? text.replace(/\([^()]*\)/g, ' ') : text;
  const value = bare.trim();
  const rfc = DAY_FIRST.exec(value);
  if (rfc) return instant(rfc[3], monthOf(rfc[2]), rfc[1], rfc[4], rfc[5], rfc[6], rfc[7]);
  const asctime = MONTH_FIRST.exec(value);
  if (asctime) return instant(asctime[7], monthOf(asctime[1]), asctime[2], asctime[3], asctime[4], asctime[5], asctime[6] ?? asctime[8]);
  const iso = ISO.exec(value);
  return iso ? instant(iso[1], Number(iso[2]), iso[3], iso[4], iso[5], iso[6], iso[7]) : undefined;
}

/** A Received header ends with the time at which that server took the message, behind its last semicolon. */
export function parseReceivedDate(received: string): Date | undefined {
  const semicolon = received.lastIndexOf(';');
  return semicolon < 0 ? undefined : parseMailDate(received.slice(semicolon + 1));
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}

type Text = string | undefined;

function instant(
  yearText: Text,
  month: number,
  dayText: Text,
  hourText: Text,
  minuteText: Text,
  secondText: Text,
  zone: Text,
): Date | undefined {
  const [day, hour, minute, second] = [Number(dayText), Number(hourText), Number(minuteText), Number(secondText ?? 0)];
  // Years of two and three digits as RFC 5322 reads them.
  const digits = yearText?.length ?? 0;
  const year = Number(yearText) + (digits >= 4 ? 0 : digits === 3 ? 1900 : Number(yearText) < 50 ? 2000 : 1900);
  if (month < 1 || month > 12 || day < 1 || hour > 24 || minute > 59 || second > 60) return undefined;
  const ofMonth = new Date(Date.UTC(year, month - 1, day));
  if (ofMonth.getUTCMonth() !== month - 1 || ofMonth.getUTCFullYear() !== year) return undefined;
  return new Date(Date.UTC(year, month - 1, day, hour, minute - minutesEast(zone), Math.min(second, 59)));
}

function minutesEast(zone: Text): number {
  const numeric = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  if (!numeric) return ZONES[(zone ?? '').toLowerCase()] ?? 0;
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3]);
  return numeric[1] === '-' ? -minutes : minutes;
}
