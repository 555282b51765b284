// A process of its own: the Graph and Entra ID stand-ins with the bench's mailboxes. Arguments: number of mails, file for the CA, number of
// mailboxes, and how long each request takes (ms).
import { writeFileSync } from 'node:fs';
import { wall } from '../../../bot/clock.ts';
import { throwAwayCa } from '../../../infra/local/certificates.ts';
import { startEntra } from '../../../infra/local/entra/index.ts';
import { startGraph } from '../../../infra/local/graph/index.ts';
import { benchTenant } from './tenant.ts';

const [count, caFile, mailboxes, latencyMs] = process.argv.slice(2);
const certificates = await throwAwayCa();
writeFileSync(caFile!, certificates.caPem);
const tenant = benchTenant(Number(count), wall.now(), Number(mailboxes));
const entra = await startEntra({ tenant, certificates });
const graph = await startGraph({ tenant, certificates, entra, latencyMs: Number(latencyMs) });
graph.release(wall.now());
console.log(JSON.stringify({ graph: graph.url, login: entra.url, botOpenId: entra.botOpenIdUrl }));
process.on('SIGUSR2', () => {
  const pages = new Map<string, number>();
  const { total, recent } = graph.requests;
  for (const { path, status } of recent) {
    const [, mailbox, folder] = /^\/users\/([^/]+)\/mailFolders\/([^/]+)\/messages\/delta/i.exec(path) ?? [];
    if (folder && status === 200 && !/deltatoken/i.test(path))
      pages.set(`${mailbox} ${folder}`, (pages.get(`${mailbox} ${folder}`) ?? 0) + 1);
  }
  const folders = [...pages].map(([key, count]) => ({ mailbox: key.split(' ')[0], folder: key.split(' ')[1], pages: count }));
  console.log(JSON.stringify({ requests: total, throttled: recent.filter(({ status }) => status === 429).length, folders }));
});
process.once('SIGTERM', () => process.exit(0));
