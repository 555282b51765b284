import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const MESSAGES = 200_000;
const BYTES = 2_000_000_000;
const BOUND_MB = 300;
const ROOT = projectFolder(path.dirname(fileURLToPath(import.meta.url)));

type Row = { name: string; opsPerSecond?: number; ratio?: number; note?: string };

/** A mailbox of 2 GB with 200,000 messages through the measuring command: how fast, and in how much memory. */
export async function run(): Promise<{ title: string; rows: Row[] }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rapport-bench-'));
  const outfile = path.join(ROOT, 'dist', `bench-measure-${process.pid}.js`);
  try {
    const mbox = path.join(folder, 'large.mbox');
    await generate(mbox);
    const entryPoints = [path.join(ROOT, 'bot/measure/main.ts')];
    await build({ entryPoints, outfile, bundle: true, packages: 'external', format: 'esm', platform: 'node', logLevel: 'warning' });
    const started = performance.now();
    const { figures, peakMb } = await measured(outfile, mbox);
    const seconds = (performance.now() - started) / 1000;
    const megabytes = (await stat(mbox)).size / 1e6;
    return {
      title: `measure: ${MESSAGES} messages, ${Math.round(megabytes)} MB`,
      rows: [
        { name: 'messages', opsPerSecond: Math.round(MESSAGES / seconds), note: `${seconds.toFixed(1)} s, ${figures} answers` },
        { name: 'megabytes', opsPerSecond: Math.round(megabytes / seconds) },
        {
          name: 'peak memory',
          ratio: peakMb / BOUND_MB,
          note: `${Math.round(peakMb)} MB of ${BOUND_MB} MB: ${peakMb < BOUND_MB ? 'within' : 'ABOVE'}`,
        },
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(outfile, { force: true });
  }
}

/** Threads of four messages between changing people, with the headers that mail has on its way and bodies of some 8 kB. */
async function generate(target: string): Promise<void> {
  const file = createWriteStream(target, { highWaterMark: 4_000_000 });
  const line = 'As discussed, the second shift takes over the nightly reconciliation. From here on, see the list below. \n';
  const filler = line.repeat(Math.ceil(BYTES / MESSAGES / line.length) + 1);
  const signature = 'b=Ya9sPzqkJ3X0vFh2Lm8TcRwEoNuKiDgBxSeVtQyZjCfHlMrWpAaUdIbOnGk1'.repeat(6);
  for (let index = 0; index < MESSAGES; index++) {
    const thread = Math.floor(index / 4);
    const turn = index % 4;
    const [from, to] = turn % 2 === 0 ? ['client', 'provider'] : ['provider', 'client'];
    const id = (at: number) => `<${thread.toString(36)}.${at}.0123456789abcdef0123@${at % 2 === 0 ? 'client' : 'provider'}.example>`;
    const at = new Date(Date.UTC(2025, 0, 1) + thread * 600_000 + turn * 5_400_000).toUTCString().replace('GMT', '+0000');
    const head = [
      `From person${thread % 500}@${from}.example Thu Jan  1 00:00:00 2025`,
      `Received: from relay.${from}.example (relay.${from}.example [192.0.2.1]) by mx.${to}.example with ESMTPS id x${index}; ${at}`,
      `Received: from host${index % 90}.${from}.example by relay.${from}.example with ESMTPSA id y${index}; ${at}`,
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${from}.example; s=one;\n ${signature}`,
      `From: "Person ${thread % 500}, Desk" <person${thread % 500}@${from}.example>`,
      `To: Person ${thread % 300} <person${thread % 300}@${to}.example>, "Team, ${to}" <team@${to}.example>`,
      `Cc: all@${from}.example`,
      `Subject: ${turn === 0 ? '' : 'Re: '}Reconciliation of batch ${thread}, =?utf-8?q?M=C3=A4rz?=`,
      `Date: ${at}`,
      `Message-ID: ${id(turn)}`,
      ...(turn === 0
        ? []
        : [`In-Reply-To: ${id(turn - 1)}`, `References: ${Array.from({ length: turn }, (_, before) => id(before)).join('\n ')}`]),
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
    ].join('\n');
    const room = BYTES / MESSAGES - head.length - 4;
    if (!file.write(`${head}\n\n${filler.slice(0, room)}\n\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

/** The same from the source and from a bundle. */
function projectFolder(from: string): string {
  return existsSync(path.join(from, 'package.json')) ? from : projectFolder(path.dirname(from));
}

async function measured(script: string, mbox: string): Promise<{ figures: number; peakMb: number }> {
  const atExit = 'data:text/javascript,process.on("exit",()=>process.stderr.write("peak "+process.resourceUsage().maxRSS+"\\n"))';
  const options = ['--mail', mbox, '--client', 'client.example', '--provider', 'provider.example', '--json'];
  const child = spawn(process.execPath, ['--import', atExit, script, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  const [code] = await once(child, 'close');
  const peak = /peak (\d+)/.exec(errors);
  if (code !== 0 || !peak) throw new Error(`the command ended with ${code}: ${errors}`);
  const figures = JSON.parse(out) as { client: { answered: number }; provider: { answered: number } };
  return { figures: figures.client.answered + figures.provider.answered, peakMb: Number(peak[1]) / 1024 };
}
