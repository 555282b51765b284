import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSync } from 'esbuild';
import { asLine, ownCases } from './ownCases.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let program: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rapport-worktime-'));
  program = path.join(folder, 'main.mjs');
  buildSync({ entryPoints: [path.join(root, 'bot/worktime/main.ts')], outfile: program, bundle: true, format: 'esm', platform: 'node' });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(text: string, env: Record<string, string> = {}) {
  const file = path.join(folder, 'cases.jsonl');
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, file], { encoding: 'utf8', env: { ...process.env, ...env } });
  const answers = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  return { status, answers, stderr: stderr.replaceAll(file, 'cases.jsonl') };
}

const good = (id: string): string => JSON.stringify({ ...asLine(ownCases[0]!), id });

describe('npm run worktime', () => {
  const text = ownCases.map((own) => `${JSON.stringify(asLine(own))}\n`).join('');
  const expected = ownCases.map((own) => ({ id: own[0], answer: own[5] }));

  it.each(['UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia'])('answers in order, the same on a machine in %s', (zone) => {
    expect(run(text, { TZ: zone })).toEqual({ status: 0, answers: expected, stderr: '' });
  });

  it('answers the other lines when some are bad, names those, and fails', () => {
    const { status, answers, stderr } = run(
      [
        `\uFEFF${good('first')}`,
        '{"id": "cut',
        '',
        '[]',
        JSON.stringify({ ...asLine(ownCases[0]!), op: 'toString' }),
        JSON.stringify({ ...asLine(ownCases[0]!), from: '2026-11-23 09:00' }),
        JSON.stringify({ ...asLine(ownCases[0]!), amount_seconds: '8h' }),
        JSON.stringify({ ...asLine(ownCases[0]!), zone: 'Mars/Olympus' }),
        JSON.stringify({ ...asLine(ownCases[0]!), hours: {} }),
        `${good('last')}\r`,
      ].join('\n'),
    );
    expect(answers.map(({ id }) => id)).toEqual(['first', 'last']);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^cases\.jsonl:2: not JSON \(.*\): write one JSON object on each line$/),
      'cases.jsonl:4: not a JSON object: write one on each line',
      'cases.jsonl:5: "op" is "toString": use within, add, sub, in_hours, next_open, prev_close',
      'cases.jsonl:6: "from" is "2026-11-23 09:00": write an instant such as 2006-01-04T16:00:00Z',
      'cases.jsonl:7: "amount_seconds" is "8h": write a number of seconds',
      'cases.jsonl:8: unknown time zone "Mars/Olympus": use an IANA name such as Asia/Manila',
      'cases.jsonl:9: the calendar (UTC) has no working time within ten years: check hours, shifts and holidays',
    ]);
  });

  it('says so when the file is not there', () => {
    const { status, stderr } = spawnSync(process.execPath, [program, path.join(folder, 'none.jsonl')], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/none\.jsonl: cannot be read \(ENOENT.*\): check the path/);
  });

  it('says how it is called when no file is given', () => {
    const { status, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'usage: npm run worktime -- <cases.jsonl>\n' });
  });
});
