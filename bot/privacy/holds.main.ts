import { holdsCommand } from './holdsCommand.ts';

// npm run holds -- <address, contact id, or tenant id/object id of an account> | --list
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await holdsCommand(process.argv.slice(2), process.env, { out: console.log, err: console.error });
