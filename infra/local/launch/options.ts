import { parseArgs } from 'node:util';
import { BadInput } from '../../../bot/errors.ts';

/** What stands behind `npm start --`. */
export interface LaunchOptions {
  /** Folder of a tenant; null is the sample. */
  readonly tenant: string | null;
  readonly port: number;
  /** Forget what was before. */
  readonly fresh: boolean;
  /** Show the desk in a browser once it is there. */
  readonly open: boolean;
  /** Port of Microsoft's 365 Agents Playground, to be let in as a client of Teams; null does not. */
  readonly playground: number | null;
  readonly help: boolean;
}

export const USAGE = `npm start -- [--tenant <folder>] [--port <number>] [--fresh] [--no-open] [--playground <port>]

  --tenant <folder>   people, charters and mail of another tenant than the sample
  --port <number>     where the desk is to be found; the next free one when it is taken (3000)
  --fresh             forget what was before and start over
  --no-open           do not open a browser
  --playground <port> let Microsoft's 365 Agents Playground on that port in as a client of Teams (docs/operating.md)`;

/** @throws {BadInput} naming what cannot be read */
export function readOptions(args: readonly string[]): LaunchOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        tenant: { type: 'string' },
        port: { type: 'string', default: process.env.PORT ?? '3000' },
        fresh: { type: 'boolean', default: false },
        'no-open': { type: 'boolean', default: false },
        playground: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const port = portIn('--port', values.port);
    const playground = values.playground === undefined ? null : portIn('--playground', values.playground);
    return { tenant: values.tenant ?? null, port, fresh: values.fresh, open: !values['no-open'], playground, help: values.help };
  } catch (error) {
    throw new BadInput(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

function portIn(name: string, value: string): number {
  if (!/^\d+$/.test(value) || Number(value) > 65_535) throw new Error(`${name} ${value} is not a port: write a number up to 65535`);
  return Number(value);
}
