/** Meetings of both sides as the client's calendars show them. */
export { askerFor, type FreeBusyPort, type FreeBusyQuestion, type Stretch } from './freeBusy.ts';
export { completed, instantIn, type Meeting, type MeetingItem, peopleIn } from './rules.ts';
export {
  type CalendarCopy,
  calendarsRead,
  copiesBetween,
  meetingsBetween,
  meetingsById,
  meetingsCalledBy,
  removeMeetings,
  removeMeetingsUnseen,
  saveMeetings,
} from './store.ts';
export { ianaZone } from './zones.ts';
