// A process of its own: the Graph and Entra ID stand-ins with the bench's mailboxes. Argument: what it is to be, as JSON.
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { wall } from '../../../bot/clock.ts';
import { throwAwayCa } from '../../../infra/local/certificates.ts';
import { startEntra } from '../../../infra/local/entra/index.ts';
import { startGraph } from '../../../infra/local/graph/index.ts';
import type { WireExchange } from '../../../infra/local/graph/wire.ts';
import type { Asked, StandIn } from './reading.ts';
import { benchTenant } from './tenant.ts';

const { caFile, messages, mailboxes, mail, latencyMs, itemMs } = JSON.parse(process.argv[2]!) as StandIn;
const certificates = await throwAwayCa();
writeFileSync(caFile, certificates.caPem);
const tenant = benchTenant(messages, wall.now(), mailboxes, mail);
const entra = await startEntra({ tenant, certificates });
const graph = await startGraph({ tenant, certificates, entra, latencyMs, itemMs });
graph.release(wall.now());
console.log(JSON.stringify({ graph: graph.url, login: entra.url, botOpenId: entra.botOpenIdUrl }));

/** Of each folder in a first reading, how many items its pages held, in their order. */
const pages = new Map<string, number[]>();
let throttled = 0;
subscribe('rapport.local.graph', (message) => {
  const { url, status, answer } = message as WireExchange;
  const [, mailbox, folder] = /\/users\/([^/]+)\/mailFolders\/([^/]+)\/messages\/delta/i.exec(url) ?? [];
  if (status === 429) throttled += 1;
  if (!folder || status !== 200 || /deltatoken/i.test(url)) return;
  const key = `${mailbox} ${folder}`;
  pages.set(key, [...(pages.get(key) ?? []), (answer as { value: readonly unknown[] }).value.length]);
});
process.on('SIGUSR2', () => {
  const folders = [...pages].map(([key, items]) => ({ mailbox: key.split(' ')[0]!, pages: items }));
  console.log(JSON.stringify({ requests: graph.requests.total, throttled, folders } satisfies Asked));
});
process.once('SIGTERM', () => process.exit(0));
