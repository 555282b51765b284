import type { Actor } from '../capability.ts';
import type { ActionInput, ActionView } from '../contract/obligation.ts';
import { buttonOf, textInput } from '../form.ts';
import type { RhythmDate } from './rhythm.ts';
import { isCurrent } from './rules.ts';

const button = buttonOf('rhythm');

const form = (words: RhythmDate['words']): ActionInput[] => [
  textInput('done', 'Done', { placeholder: 'All 212 stores have the new opening hours', value: words?.done ?? '' }),
  textInput('next', 'Next', { required: false, placeholder: 'The Christmas schedule, until Thursday', value: words?.next ?? '' }),
  textInput('blocked', 'Blocked', { required: false, placeholder: 'We wait for the list of new stores', value: words?.blocked ?? '' }),
];

/** What somebody may say now; for everyone what fits the state. */
export function buttonsFor(d: RhythmDate, viewer: Actor | 'everyone', now: Date): ActionView[] {
  if (!isCurrent(d, now)) return [];
  const gives = viewer === 'everyone' || viewer.side === d.side;
  if (d.state === 'open') return gives ? [button('give', 'Update given …', form(d.words))] : [];
  if (viewer === 'everyone') return [];
  if (!gives)
    return [
      button('putBack', 'This was not it …', [textInput('text', 'What is missing')], {
        rank: 'more',
        hint: 'The update is expected as before.',
      }),
    ];
  return [
    button('give', d.words ? 'Change what it says …' : 'Say what it says …', form(d.words)),
    ...(d.pressAt ? [button('takeBack', 'Take it back', [], { rank: 'more' })] : []),
  ];
}
