import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { builtinModules } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const root = path.join(import.meta.dirname, '..', '..');
const dockerfile = readFileSync(path.join(root, 'infra', 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ');
const lines = dockerfile.split('\n').filter((line) => /^[A-Z]+ /.test(line));
const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>;
};
/** Top-level packages that `npm ci --omit=dev --omit=optional` installs. */
const installed = Object.entries(lock.packages)
  .filter(([place, one]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(place) && !one.dev && !one.optional && !one.devOptional)
  .map(([place]) => place.slice('node_modules/'.length));

/** A stage's lines, by its name; the last one is called ''. */
const stages = new Map<string, string[]>();
for (const line of lines) {
  const from = /^FROM \$\{NODE\}(?: AS (\w+))?$/.exec(line);
  if (from) stages.set(from[1] ?? '', []);
  else [...stages.values()].at(-1)?.push(line);
}
const copies = (stage: string): string[][] =>
  stages.get(stage)!.flatMap((line) => (/^COPY (?!--)/.test(line) ? [line.slice('COPY '.length).split(' ')] : []));

const folder = mkdtempSync(path.join(os.tmpdir(), 'rapport-image-'));
const image = path.join(folder, 'image');
let test: TestDatabase;
let service: ChildProcess | undefined;

/** The steps of the Dockerfile but for the download: what is installed is linked from here, and nothing else is. */
beforeAll(async () => {
  test = await testDatabase();
  const building = path.join(folder, 'build');
  for (const [stage, target] of [
    ['build', building],
    ['', image],
  ] as const)
    for (const parts of copies(stage)) {
      const to = parts.at(-1)!;
      for (const from of parts.slice(0, -1)) {
        const place = to.endsWith('/') ? path.join(target, to, path.basename(from)) : path.join(target, to);
        mkdirSync(path.dirname(place), { recursive: true });
        cpSync(path.join(root, from), place, { recursive: true });
      }
    }
  symlinkSync(path.join(root, 'node_modules'), path.join(building, 'node_modules'));
  const [, script, ...parts] = /RUN node (\S+) (.*)$/m.exec(dockerfile)![0].replace('RUN node', 'node').split(' ');
  expect(parts).toEqual(['service', 'tab']); // the tab is left out here: it is built by the tests of the tab
  const build = spawn(process.execPath, [script!, 'service'], { cwd: building, stdio: 'inherit' });
  expect((await once(build, 'exit'))[0]).toBe(0);
  for (const name of installed) {
    const place = path.join(image, 'node_modules', name);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(root, 'node_modules', name), place);
  }
  cpSync(path.join(building, 'dist'), path.join(image, 'dist'), { recursive: true });
  mkdirSync(path.join(folder, 'charters'));
});
afterAll(async () => {
  service?.kill('SIGKILL');
  await test.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the container image', () => {
  it('has a base of one exact version, and does not run as root', () => {
    expect(lines[0]).toMatch(/^ARG NODE=node:22\.\d+\.\d+-[a-z]+-slim$/);
    expect([...stages.keys()]).toEqual(['build', 'packages', '']);
    expect(stages.get('')!.filter((line) => line.startsWith('USER'))).toEqual(['USER node']);
  });

  it('copies what is there, past .dockerignore', () => {
    const ignored = readFileSync(path.join(root, '.dockerignore'), 'utf8').split('\n');
    for (const [from] of ['build', 'packages', ''].flatMap(copies)) {
      expect(existsSync(path.join(root, from!))).toBe(true);
      expect(ignored).toContain(`!${from}`);
    }
    for (const [, stage, from] of dockerfile.matchAll(/^COPY --from=(\w+) \/rapport\/(\S+)/gm)) {
      expect([...stages.keys()]).toContain(stage);
      expect(from).toMatch(/^(node_modules|dist\/(bot|tab))$/);
    }
  });

  it('installs every package that the service imports', () => {
    expect(stages.get('packages')!.find((line) => line.startsWith('RUN'))).toMatch(/^RUN npm ci --omit=dev --omit=optional /);
    const bundle = readFileSync(path.join(image, 'dist', 'bot', 'main.js'), 'utf8');
    const imported = [...bundle.matchAll(/^(?:import|export)\b[^'"\n]*["']([^"'\n]+)["'];?$|\bimport\("([^"]+)"\)/gm)].map(
      ([, static_, dynamic]) => (static_ ?? dynamic)!,
    );
    const packages = imported
      .filter((name) => !name.startsWith('node:') && !name.startsWith('.') && !builtinModules.includes(name))
      .map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    expect(new Set(packages).size).toBeGreaterThan(15);
    expect(packages).toContain('@azure/monitor-opentelemetry-exporter');
    expect(packages.filter((name) => !installed.includes(name))).toEqual([]);
    expect(installed).not.toContain('typescript');
  });

  it('runs the service with the settings of a deployment, and its own check of health finds it well', async () => {
    const command = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)![1]!) as string[];
    const check = JSON.parse(/^HEALTHCHECK .*?CMD (.*)$/m.exec(dockerfile)![1]!) as string[];
    const fixed = Object.fromEntries(
      /^ENV (.*)$/m
        .exec(dockerfile)![1]!
        .split(' ')
        .map((one) => one.split('=') as [string, string]),
    );
    expect(fixed).toEqual({ NODE_ENV: 'production', HOST: '0.0.0.0', PORT: '3978' });
    const env = {
      ...fixed,
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: '0', // one that is free here
      PUBLIC_URL: 'https://rapport.contoso.com',
      TENANT_ID: '11111111-2222-4333-8444-555555555555',
      APP_ID: '99999999-2222-4333-8444-555555555555',
      CHARTERS_DIR: path.join(folder, 'charters'),
      DATABASE_URL: test.url,
      GRAPH_URL: 'https://127.0.0.1:9',
      LOGIN_URL: 'https://127.0.0.1:9',
      LOG_LEVEL: 'silent',
    };
    expect(command[0]).toBe('node');
    service = spawn(process.execPath, command.slice(1), { cwd: image, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: service.stdout! }), 'line')) as [string];
    const { listening } = JSON.parse(line) as { listening: string };
    const asks = spawn(process.execPath, check.slice(1), {
      env: { PATH: process.env.PATH, PORT: new URL(listening).port },
      stdio: 'inherit',
    });
    expect((await once(asks, 'exit'))[0]).toBe(0);
    service.kill('SIGTERM');
    expect((await once(service, 'exit'))[0]).toBe(0);
    const late = spawn(process.execPath, check.slice(1), {
      env: { PATH: process.env.PATH, PORT: new URL(listening).port },
      stdio: 'ignore',
    });
    expect((await once(late, 'exit'))[0]).toBe(1);
  });
});
