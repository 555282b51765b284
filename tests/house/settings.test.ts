import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../bot/config.ts';

const NEEDED = {
  PUBLIC_URL: 'https://rapport.contoso.com',
  TENANT_ID: '11111111-2222-4333-8444-555555555555',
  APP_ID: '99999999-2222-4333-8444-555555555555',
  CHARTERS_DIR: '/etc/rapport/charters',
  OUT_OF_SCOPE_MAILBOX: 'hr@contoso.com',
};
const refusal = (env: NodeJS.ProcessEnv): string => {
  try {
    readConfig(env);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was taken');
};

describe('settings', () => {
  it('are taken with nothing but what is needed', () => {
    expect(readConfig(NEEDED)).toMatchObject({ ...NEEDED, PORT: 3978, CREDENTIAL: 'identity', MAILBOXES: 'contacts' });
  });

  it.each(Object.keys(NEEDED))('%s is named when it is missing', (name) => {
    const { [name]: _missing, ...rest } = NEEDED as Record<string, string>;
    const lines = refusal(rest).split('\n');
    expect(lines[0]).toBe('Rapport cannot start: these settings are missing or malformed.');
    expect(lines.slice(1, -1).map((line) => line.trim().split(':')[0])).toEqual([name]);
  });

  it('ask for the proof of the scope where a real tenant is read, or for the word that says there is none', () => {
    const { OUT_OF_SCOPE_MAILBOX: _none, ...rest } = NEEDED;
    expect(refusal(rest)).toContain('OUT_OF_SCOPE_MAILBOX:');
    expect(readConfig({ ...rest, OUT_OF_SCOPE_MAILBOX: 'unproven' }).OUT_OF_SCOPE_MAILBOX).toBeUndefined();
    expect(readConfig({ ...rest, GRAPH_URL: 'https://localhost:1234' }).OUT_OF_SCOPE_MAILBOX).toBeUndefined();
    expect(refusal({ ...rest, CREDENTIAL: 'secret', APP_SECRET: 'x' })).toContain('OUT_OF_SCOPE_MAILBOX:');
    expect(refusal({ ...rest, GRAPH_URL: 'https://microsoftgraph.chinacloudapi.cn' })).toContain('OUT_OF_SCOPE_MAILBOX:');
  });

  it('are all named at once when all are missing', () => {
    const message = refusal({});
    for (const name of Object.keys(NEEDED)) expect(message).toContain(`${name}:`);
  });

  it('what one setting asks of another is named beside what is missing', () => {
    const message = refusal({ CREDENTIAL: 'secret', LOCAL_CLOCK: 'true', DATABASE_AUTH: 'entra' });
    for (const name of [...Object.keys(NEEDED), 'APP_SECRET', 'LOCAL_KEY', 'DATABASE_URL']) expect(message).toContain(`${name}:`);
  });

  it.each([
    ['APP_SECRET', { CREDENTIAL: 'secret' }],
    ['LOCAL_KEY', { LOCAL_CLOCK: 'true' }],
    ['PORT', { PORT: '99999' }],
    ['GRAPH_URL', { GRAPH_URL: 'graph' }],
    ['OUT_OF_SCOPE_MAILBOX', { OUT_OF_SCOPE_MAILBOX: 'hr' }],
    ['MAILBOXES', { MAILBOXES: 'contact' }],
    ['MAILBOXES', { MAILBOXES: 'desk@contoso.com; hr@contoso.com' }],
    ['ADMIN_OBJECT_IDS', { ADMIN_OBJECT_IDS: 'anna@contoso.com' }],
  ])('%s is named when another setting needs it, or when it is malformed', (name, change) => {
    expect(refusal({ ...NEEDED, ...change })).toContain(`${name}:`);
  });

  it('are lists with commas between, and spaces where people put them', () => {
    const ids = ['11111111-2222-4333-8444-000000000001', '11111111-2222-4333-8444-000000000002'];
    const config = readConfig({ ...NEEDED, ADMIN_OBJECT_IDS: ids.join(', '), MAILBOXES: 'desk@contoso.com, partners@contoso.com' });
    expect(config.ADMIN_OBJECT_IDS).toEqual(ids);
  });

  it('stand in the table of docs/operating.md, every one, and no other', () => {
    const root = path.join(import.meta.dirname, '../..');
    const source = readFileSync(path.join(root, 'bot', 'config.ts'), 'utf8');
    const known = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name!);
    const page = readFileSync(path.join(root, 'docs', 'operating.md'), 'utf8');
    const table = page.slice(page.indexOf('## Settings'), page.indexOf('## Running it'));
    const told = [...table.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name!));
    expect(known.length).toBeGreaterThan(20);
    expect(told.sort()).toEqual(known.sort());
    // what has to be set says so there
    const required = [...table.matchAll(/^\|([^|]+)\| required(?: for Microsoft's Graph)? \|/gm)];
    const names = required.flatMap(([, cell]) => [...cell!.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name!));
    expect(names.sort()).toEqual(Object.keys(NEEDED).sort());
  });
});
