import type { z } from 'zod';
import { FiguresView, FigureView, NONE } from '../../bot/contract/figures.ts';
import { AgendaItemView, ReviewsView, ReviewView } from '../../bot/contract/review.ts';
import { anAction, aTime, NOW, PARTNERSHIP } from './views.ts';

/** Reviews as the service sends them, valid by the contract's own schemas: a case shows only what it is about. */

let made = 0;
const idOf = (kind: number): string => {
  made += 1;
  return `${String(kind).repeat(8)}-4444-4444-8444-${String(made).padStart(12, '0')}`;
};

/** What somebody may do with an item before the review, or while it is held. */
export const itemActions = (item: string, when: 'before' | 'held') => {
  const carries = { item };
  return when === 'before'
    ? [
        anAction({ verb: 'review.up', label: 'Earlier', rank: 'more', carries }),
        anAction({ verb: 'review.down', label: 'Later', rank: 'more', carries }),
        anAction({
          verb: 'review.drop',
          label: 'Drop …',
          rank: 'more',
          carries,
          inputs: [{ id: 'text', kind: 'text', label: 'Why', required: true, max: 500 }],
        }),
      ]
    : [
        anAction({ verb: 'review.discussed', label: 'Discussed', carries }),
        anAction({
          verb: 'review.decide',
          label: 'Decide …',
          carries,
          inputs: [{ id: 'text', kind: 'text', label: 'What was decided', required: true, max: 500 }],
        }),
      ];
};

export function anItem(said: Partial<z.input<typeof AgendaItemView>> = {}): AgendaItemView {
  return AgendaItemView.parse({
    id: idOf(5),
    section: 'pastDue',
    heading: 'Past the agreed time',
    text: 'Fabrikam (Service desk): since Mon 23 Nov, 10:12; expected by Tue 24 Nov, 17:00 in Manila (10:00 in Amsterdam)',
    owner: 'Fabrikam (Service desk)',
    wish: 'discuss',
    wishText: 'To discuss',
    minutes: 8,
    startsAfterMinutes: 0,
    carried: 0,
    flagged: false,
    state: 'planned',
    note: null,
    opens: null,
    actions: [],
    ...said,
  });
}

export const aFigure = (said: Partial<z.input<typeof FigureView>> & { key: string; label: string }): FigureView =>
  FigureView.parse({
    unit: 'share',
    value: 0.8,
    text: '8 of 10 (80 %)',
    before: { value: 0.9, text: '9 of 10 (90 %)' },
    change: 'worse',
    ...said,
  });

export function someFigures(said: Partial<z.input<typeof FiguresView>> = {}): FiguresView {
  const inTime = (value: number, text: string) => aFigure({ key: 'responses.inTime', label: 'Answered in the agreed time', value, text });
  const half = (value: number | null, text: string) =>
    aFigure({
      key: 'responses.halfWorking',
      label: 'Half answered within, working time',
      unit: 'workingHours',
      value,
      text,
      before: { value: 3, text: '3.0 h (of 10)' },
      change: value === null ? null : 'better',
    });
  const kept = aFigure({
    key: 'responses.datesKept',
    label: 'Dates given that were kept',
    value: null,
    text: NONE,
    before: { value: null, text: NONE },
    change: null,
  });
  return FiguresView.parse({
    from: aTime('2026-11-17T09:00:00Z', 'client'),
    to: aTime(NOW, 'client'),
    before: aTime('2026-11-10T09:00:00Z', 'client'),
    sides: [
      { side: 'client', name: 'Contoso', figures: [inTime(1, '4 of 4 (100 %)'), half(2.5, '2.5 h (of 4)')] },
      { side: 'provider', name: 'Fabrikam', figures: [inTime(0.8, '8 of 10 (80 %)'), half(null, 'not yet (of 3, 2 not answered)'), kept] },
    ],
    both: [
      aFigure({
        key: 'escalations.asked',
        label: 'Help asked for',
        unit: 'count',
        value: 2,
        text: '2',
        before: { value: 1, text: '1' },
        change: null,
      }),
    ],
    coverage: 'Taken from the mail of 3 of 12 people at Contoso; mail only, no calls or chats.',
    ...said,
  });
}

/** A weekly review that begins at 11:00 in Amsterdam on the day of `NOW` (10:30) and takes an hour. */
export function aReview(said: Partial<z.input<typeof ReviewView>> = {}): ReviewView {
  return ReviewView.parse({
    id: idOf(4),
    partnershipId: PARTNERSHIP,
    revision: 2,
    name: 'Weekly service review',
    state: 'prepared',
    status: 'Prepared',
    tone: 'dated',
    sentence: 'Tue 24 Nov, 11:00 in Amsterdam (18:00 in Manila). Contoso (Service owner) prepares it.',
    startsAt: aTime('2026-11-24T10:00:00Z', 'client'),
    endsAt: aTime('2026-11-24T11:00:00Z', 'client'),
    movedFrom: null,
    minutes: 60,
    joinUrl: null,
    items: [],
    more: 0,
    dropped: [],
    figures: null,
    outcome: null,
    notes: [],
    actions: [],
    history: [],
    ...said,
  });
}

export const someReviews = (said: Partial<z.input<typeof ReviewsView>> = {}): ReviewsView =>
  ReviewsView.parse({
    now: NOW,
    cursor: '100',
    partnershipId: PARTNERSHIP,
    yourSide: 'client',
    looksAs: null,
    next: [],
    held: [],
    ...said,
  });
