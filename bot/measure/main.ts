import { wall } from '../clock.ts';
import { measure } from './command.ts';

// Whoever reads the figures may stop early (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await measure(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  clock: wall,
  styled: process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
});
