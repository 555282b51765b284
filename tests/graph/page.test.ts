import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { askingAhead } from '../../bot/graph/ahead.ts';
import type { Graph } from '../../bot/graph/index.ts';
import { readPages } from '../../bot/graph/page.ts';
import { places } from '../../bot/graph/places.ts';
import type { Reading, Take } from '../../bot/graph/reading.ts';
import type { Mailbox, MailFolder } from '../../bot/graph/store.ts';

const ORIGIN = 'https://graph.example';
const mailbox = { id: 'm', userId: 'u' } as Mailbox;
const folder = (folderId: string, rest: Partial<MailFolder>): MailFolder =>
  ({
    folderId,
    mailboxId: 'm',
    nextLink: `${ORIGIN}/v1.0/${folderId}`,
    deltaLink: null,
    complete: false,
    items: 500,
    ...rest,
  }) as MailFolder;

/** A reading in which so many items may be read and not taken yet; it notes what happens. */
function readingWith(room: number) {
  const happened: string[] = [];
  const graph = {
    origin: ORIGIN,
    async ask({ url }: { url: string }) {
      const name = url.slice(url.lastIndexOf('/') + 1);
      happened.push(`asked ${name}`);
      return {
        async read() {
          happened.push(`read ${name}`);
          return { value: [], '@odata.deltaLink': `${ORIGIN}/v1.0/end` };
        },
      };
    },
  } as unknown as Graph;
  const take = async ({ parts }: Take) => void happened.push(`taken ${parts.map((part) => part.folder.folderId).join()}`);
  const reading = { graph, take, ahead: askingAhead(), intake: places(room) } as unknown as Reading;
  const read = (...folders: MailFolder[]) => readPages(reading, mailbox, { kind: 'pages', folders, waiting: [], calendar: false });
  return { happened, read, intake: reading.intake };
}

it('asks for pages at once, and reads them when there is room for all of a mailbox', async () => {
  const { happened, read, intake } = readingWith(400);
  let free!: () => void;
  const others = intake.run(1, () => new Promise<void>((resolve) => (free = resolve)));
  const pages = read(folder('a', {}), folder('b', {}));
  for (let n = 0; n < 5; n += 1) await turn();
  expect(happened).toEqual(['asked a', 'asked b']);
  free();
  await Promise.all([others, pages]);
  expect(happened.slice(2)).toEqual(['read a', 'read b', 'taken a,b']);
});

it('counts what is new in a folder that was read for little', async () => {
  const { happened, read, intake } = readingWith(400);
  const others = intake.run(340, async () => {
    const news = read(folder('a', { complete: true }), folder('b', { complete: true, items: null }));
    const small = read(folder('c', { items: 20 }));
    await Promise.all([news, small]);
  });
  await others;
  expect(happened.filter((one) => one.startsWith('taken'))).toEqual(['taken a,b', 'taken c']);
});
