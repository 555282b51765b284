import { eraseCommand } from './eraseCommand.ts';

// npm run erase -- <address or contact id>
process.exitCode = await eraseCommand(process.argv.slice(2), process.env, { out: console.log, err: console.error });
