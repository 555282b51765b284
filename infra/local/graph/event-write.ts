import { z } from 'zod';
import { eventById } from './calendar.ts';
import { accessDenied, badRequest, GraphError } from './errors.ts';
import { type EventView, eventId } from './event-json.ts';
import { type Calendars, isIn, single } from './meetings.ts';
import type { Json } from './message-json.ts';
import type { MailboxStore } from './model.ts';

const Change = z.strictObject({
  subject: z.string().optional(),
  body: z.object({ contentType: z.enum(['html', 'text']).optional(), content: z.string() }).optional(),
});

/**
 * PATCH .../events/{id}: subject and body, by the organizer alone. The body is taken as it is sent: without the block that holds the link, the
 * meeting is no online meeting any more; sent again with it, it is one again.
 */
export function changeEvent(given: {
  calendars: Calendars;
  store: MailboxStore;
  id: string;
  body: unknown;
  ifMatch: string | undefined;
  query: URLSearchParams;
  view: Omit<EventView, 'select'>;
}): Json {
  const { calendars, store, id, ifMatch } = given;
  const before = eventById(given);
  const meeting = [...calendars.meetings.values()].find((one) => eventId(store, one, single(one)) === id);
  if (!meeting) throw badRequest('ErrorInvalidRequest', 'An occurrence cannot be changed here.');
  if (!isIn(store, meeting.organizer)) throw accessDenied();
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== before['@odata.etag'])
    throw new GraphError(
      412,
      'ErrorIrresolvableConflict',
      'The send or update operation could not be performed because the change key is stale.',
    );
  const change = Change.safeParse(given.body);
  if (!change.success) throw badRequest('ErrorInvalidRequest', 'Nothing else of an event can be changed here.');
  const { subject = meeting.subject, body } = change.data;
  calendars.put({ ...meeting, subject, ...(body && { body: body.content }) });
  return eventById(given);
}
