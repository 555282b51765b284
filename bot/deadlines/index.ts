export { type ParkedDeadline, parkedDeadlines } from './parked.ts';
export {
  clearDeadline,
  clearDeadlines,
  moveDeadline,
  moveDeadlines,
  nextDeadline,
  nextDeadlineAt,
  setDeadline,
  setDeadlines,
} from './set.ts';
export { type SweepResult, sweep } from './sweep.ts';
export { startTicker, type Ticker } from './ticker.ts';
