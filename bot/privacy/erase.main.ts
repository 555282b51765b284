import { eraseCommand } from './eraseCommand.ts';

// npm run erase -- <address, contact id, or tenant id/object id of an account>
process.exitCode = await eraseCommand(process.argv.slice(2), process.env, { out: console.log, err: console.error });
