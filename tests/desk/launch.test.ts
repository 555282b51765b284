import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readCharters } from '../../infra/local/launch/charters.ts';
import { readOptions } from '../../infra/local/launch/options.ts';
import { claim } from '../../infra/local/launch/running.ts';
import { openState } from '../../infra/local/launch/state.ts';
import { anna, aTenant, joan } from './stage.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rapport-launch-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('what stands behind npm start', () => {
  it('reads every option, and names what it cannot read', () => {
    expect(readOptions(['--tenant', 'here', '--port', '4000', '--fresh', '--no-open'])).toMatchObject({
      tenant: 'here',
      port: 4000,
      fresh: true,
      open: false,
    });
    expect(readOptions([])).toMatchObject({ tenant: null, fresh: false, open: true });
    expect(() => readOptions(['--port', 'x'])).toThrow('--port x is not a port');
    expect(() => readOptions(['--frsh'])).toThrow('--frsh');
  });
});

describe('the state folder', () => {
  const first = new Date('2026-11-23T08:00:00Z');
  const open = (now = first) => openState(null, now, { STATE_DIR: folder });

  it('keeps what was remembered, readable for nobody else', () => {
    open().remember({ told: true });
    const again = open(new Date('2026-11-23T12:00:00Z'));
    expect(again.kept).toBe(true);
    expect(again.memory()).toMatchObject({ told: true, anchorAt: first.toISOString() });
    expect(statSync(again.file('memory.json')).mode & 0o077).toBe(0);
    expect(statSync(again.local).mode & 0o077).toBe(0);
  });

  it('forgets messages and data, and keeps the programs of the database', () => {
    const state = open();
    state.remember({ told: true });
    for (const name of ['data', 'bin']) mkdirSync(path.join(state.postgres, name), { recursive: true });
    writeFileSync(state.file('teams.jsonl'), '');
    const later = new Date('2026-11-24T08:00:00Z');
    state.wipe(later);
    expect(existsSync(path.join(state.postgres, 'data'))).toBe(false);
    expect(existsSync(path.join(state.postgres, 'bin'))).toBe(true);
    expect(existsSync(state.file('teams.jsonl'))).toBe(false);
    expect(state.memory()).toMatchObject({ told: false, anchorAt: later.toISOString() });
  });

  it('is told apart by tenant where no folder is set', () => {
    const sample = openState(null, first, { STATE_DIR: path.join(folder, 'a') });
    expect(sample.folder).toBe(path.join(folder, 'a'));
    writeFileSync(sample.file('memory.json'), 'not json');
    expect(() => openState(null, first, { STATE_DIR: path.join(folder, 'a') })).toThrow('--fresh');
  });

  it('is taken over from a launcher that is gone', async () => {
    const file = path.join(folder, 'running.json');
    writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, url: 'http://localhost:3000', servicePid: 2 ** 22 + 2 }));
    const claimed = await claim(file);
    claimed.say({ url: 'http://localhost:3001' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid, url: 'http://localhost:3001' });
    claimed.release();
    expect(existsSync(file)).toBe(false);
  });
});

describe('what the desk reads out of the charters', () => {
  it('finds the places of both sides, the client first, and the owners by their address', () => {
    const text = `
name: Contoso and Fabrikam
client: { name: Contoso, calendar: ams, people: [{ key: a, name: A, address: Anna@contoso.example, owner: true }, { key: o, name: O, address: olga@contoso.example }] }
provider: { name: Fabrikam, calendar: mnl, people: [{ key: j, name: J, address: [joan@fabrikam.example], owner: yes }, { key: x, name: X, address: x@y.example, owner: true }] }
calendars: { mnl: { zone: Asia/Manila, place: Manila }, ams: { zone: Europe/Amsterdam } }`;
    const { places, owners, names } = readCharters({ ...aTenant(), charters: [{ slug: 'fabrikam', fileName: 'fabrikam.yaml', text }] });
    expect(places.get('fabrikam')).toEqual([
      { place: 'Amsterdam', zone: 'Europe/Amsterdam' },
      { place: 'Manila', zone: 'Asia/Manila' },
    ]);
    expect(owners.get('fabrikam')).toEqual([anna, joan]);
    expect(names.get('fabrikam')).toBe('Contoso and Fabrikam');
  });
});
