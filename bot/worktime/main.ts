import { answerFile } from './answer.ts';

// npm run worktime -- <cases.jsonl>
const file = process.argv[2];
// Whoever reads the answers may stop early (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
const help = file === '--help' || file === '-h';
if (file === undefined || help) {
  process[help ? 'stdout' : 'stderr'].write('usage: npm run worktime -- <cases.jsonl>\n');
  process.exitCode = help ? 0 : 2;
} else {
  process.exitCode = await answerFile(file, process.stdout, process.stderr);
}
