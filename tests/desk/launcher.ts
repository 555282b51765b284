// A launcher that is killed: starts the service with the settings it is given, says its process id, and stays.
import { startService } from '../../infra/local/launch/service.ts';

const [main, logFile, settings] = process.argv.slice(2) as [string, string, string];
const { pid } = await startService(JSON.parse(settings) as Record<string, string>, logFile, () => {}, main);
console.log(pid);
setInterval(() => {}, 1000);
