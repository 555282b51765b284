// A process of its own: posts notifications and says how many were accepted, and how quickly.
// Arguments: address, file with the bodies (a JSON list), seconds, and either `flat:<connections>` or `rate:<a second>`.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const [address, bodiesFile, seconds, how] = process.argv.slice(2) as [string, string, string, string];
const bodies = JSON.parse(readFileSync(bodiesFile, 'utf8')) as string[];
const [kind, number] = how.split(':') as ['flat' | 'rate', string];
const agent = new Agent({ keepAlive: true, maxSockets: kind === 'flat' ? Number(number) : 512 });
const took: number[] = [];
let refused = 0;
let next = 0;

function send(sinceMs: number): Promise<void> {
  const body = bodies[next++ % bodies.length]!;
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(address, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 202) took.push(performance.now() - sinceMs);
        else refused += 1;
        resolve();
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const began = performance.now();
const endsAt = began + Number(seconds) * 1000;
if (kind === 'flat')
  await Promise.all(
    Array.from({ length: Number(number) }, async () => {
      while (performance.now() < endsAt) await send(performance.now());
    }),
  );
else {
  // counted from when each was due, so that a queue before the service is seen
  const under: Promise<void>[] = [];
  const everyMs = 1000 / Number(number);
  for (let due = began; due < endsAt; due += everyMs) {
    const wait = due - performance.now();
    if (wait > 1) await sleep(wait);
    under.push(send(due));
  }
  await Promise.all(under);
}
const elapsed = (performance.now() - began) / 1000;
took.sort((a, b) => a - b);
const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN;
console.log(
  JSON.stringify({ accepted: took.length, refused, perSecond: took.length / elapsed, p50: at(0.5), p99: at(0.99), most: took.at(-1) }),
);
process.exit(0);
