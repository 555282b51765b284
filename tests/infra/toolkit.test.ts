import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { packageSettings } from '../../appPackage/package.ts';
import { environmentFile } from './environment.ts';

const root = path.join(import.meta.dirname, '..', '..');
const text = readFileSync(path.join(root, 'm365agents.yml'), 'utf8');

interface Step {
  readonly uses: string;
  readonly name?: string;
  readonly env?: Record<string, string>;
  readonly with: Record<string, unknown>;
  readonly writeToEnvironmentFile?: Record<string, string>;
}
type Stage = 'provision' | 'deploy' | 'publish';
const file = parse(text) as { version: string; environmentFolderPath: string } & Record<Stage, Step[]>;
const steps = [...file.provision, ...file.deploy, ...file.publish];
const variables = environmentFile(path.join(root, file.environmentFolderPath, '.env.dev'));

/** What schema v1.11 of the Toolkit says of the actions used here: keys that an action must and may be given, and results it must and may write. */
const ACTIONS: Record<string, { must: string[]; may?: string[]; writes?: string[]; mayWrite?: string[] }> = {
  'teamsApp/create': { must: ['name'], writes: ['teamsAppId'], mayWrite: ['teamsAppTenantId'] },
  'arm/deploy': { must: ['subscriptionId', 'resourceGroupName', 'templates'], may: ['bicepCliVersion'] },
  script: { must: ['run'], may: ['workingDirectory', 'shell', 'timeout', 'redirectTo'] },
  'teamsApp/validateAppPackage': { must: ['appPackagePath'] },
  'teamsApp/update': { must: ['appPackagePath'] },
  'teamsApp/extendToM365': { must: ['appPackagePath'], may: ['scope'], writes: ['titleId', 'appId'], mayWrite: ['shareLink'] },
  'teamsApp/publishAppPackage': { must: ['appPackagePath'], writes: ['publishedAppId'] },
};

describe('m365agents.yml', () => {
  it('is of the version that its schema is named for', () => {
    expect(text).toContain(`/${file.version}/yaml.schema.json`);
    expect(Object.keys(file)).toEqual(['version', 'environmentFolderPath', 'provision', 'deploy', 'publish']);
  });

  it.each(steps.map((step, index) => [`${index + 1} ${step.name ?? step.uses}`, step] as const))(
    'gives step %s what it takes',
    (_what, step) => {
      const action = ACTIONS[step.uses]!;
      const { must, may = [], writes = [], mayWrite = [] } = action;
      const given = Object.keys(step.with);
      expect([...must.filter((key) => !given.includes(key)), ...given.filter((key) => ![...must, ...may].includes(key))]).toEqual([]);
      const written = Object.keys(step.writeToEnvironmentFile ?? {});
      expect([
        ...writes.filter((key) => !written.includes(key)),
        ...written.filter((key) => ![...writes, ...mayWrite].includes(key)),
      ]).toEqual([]);
      for (const key of Object.keys(step)) expect(['uses', 'name', 'env', 'with', 'writeToEnvironmentFile']).toContain(key);
    },
  );

  it('names files and scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { scripts: object };
    const templates = steps.flatMap(
      (step) => (step.with.templates ?? []) as { path: string; parameters: string; deploymentName: string }[],
    );
    expect(templates.length).toBeGreaterThan(0);
    for (const one of templates) for (const name of [one.path, one.parameters]) expect(existsSync(path.join(root, name))).toBe(true);
    const commands = steps.flatMap(({ with: { run } }) => (typeof run === 'string' ? [run] : []));
    for (const [, script] of commands.join('\n').matchAll(/npm run (\w+)/g)) expect(Object.keys(scripts)).toContain(script);
    for (const [, name] of commands.join('\n').matchAll(/--file (\S+)/g)) expect(existsSync(path.join(root, name!))).toBe(true);
    const packed = readFileSync(path.join(root, 'appPackage', 'main.ts'), 'utf8');
    const packages = steps.flatMap(({ with: { appPackagePath } }) => (appPackagePath ? [String(appPackagePath)] : []));
    expect(new Set(packages)).toEqual(new Set(['./dist/appPackage/rapport.zip']));
    expect(packed).toContain("'dist', 'appPackage', 'rapport.zip'");
  });

  it('reads variables that have a value in the sample environment, or are written by a step or by the templates', () => {
    const outputs = [...readFileSync(path.join(root, 'infra', 'azure', 'main.bicep'), 'utf8').matchAll(/^output (\w+)/gm)].map(
      ([, name]) => name!,
    );
    const written = [...outputs, ...steps.flatMap((step) => Object.values(step.writeToEnvironmentFile ?? {}))];
    const read = new Set([...text.matchAll(/\$\{\{(\w+)\}\}/g)].map(([, name]) => name!));
    expect(read.size).toBeGreaterThan(8);
    expect([...read].filter((name) => !variables.get(name) && !written.includes(name))).toEqual([]);
    expect([...variables.keys()].filter((name) => /SECRET|PASSWORD/.test(name))).toEqual([]);
  });

  it('hands the package all that it is made of', () => {
    const packing = steps.filter(({ with: { run } }) => /npm run package/.test(String(run)));
    expect(packing).toHaveLength(2);
    const filled = new Map([
      ...variables,
      ['APP_ID', '99999999-2222-4333-8444-555555555555'],
      ['TEAMS_APP_ID', '88888888-2222-4333-8444-555555555555'],
      ['PUBLIC_URL', 'https://rapport.contoso.com'],
    ]);
    for (const { env = {} } of packing) {
      const given = Object.entries(env).map(([name, value]) => [
        name,
        value.replace(/^\$\{\{(\w+)\}\}$/, (_all, one: string) => filled.get(one) ?? ''),
      ]);
      expect(packageSettings(Object.fromEntries(given))).toMatchObject({ APP_VERSION: '1.0.0', TEAMS_APP_ID: filled.get('TEAMS_APP_ID') });
    }
  });
});
