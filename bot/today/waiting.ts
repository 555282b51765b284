import type { CardJson } from '../capability.ts';
import type { Charter } from '../charter/charter.ts';
import type { Side } from '../contract/sides.ts';
import { card, group, plain, textBlock } from '../posts/parts.ts';
import { pastLine, type StoredObligation, waitingLine } from '../responses/index.ts';

const LINES = 8;

/** What waits for each side, one's own first, soonest first. */
export function waitingCard(charter: Charter, sides: readonly { side: Side; open: readonly StoredObligation[] }[], now: Date): CardJson {
  return card(
    sides.map(({ side, open }) =>
      group([
        textBlock(`Waiting for ${plain(charter.sides[side].name, 60)}: ${open.length || 'nothing'}`, { weight: 'Bolder' }),
        ...open.slice(0, LINES).map((o) => {
          const past = o.alertAt !== null && o.alertAt <= now;
          const state = past
            ? 'Past the agreed time. '
            : o.turned
              ? 'Asked what was meant. '
              : o.dueAt <= now
                ? 'May be answered already. '
                : '';
          return textBlock(plain(`• ${state}${state ? pastLine(o, charter) : waitingLine(o, charter)}`, 240), { spacing: 'None' });
        }),
        ...(open.length > LINES ? [textBlock(`… and ${open.length - LINES} more in the tab`, { subtle: true, spacing: 'None' })] : []),
      ]),
    ),
  );
}
