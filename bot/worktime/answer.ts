import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { CalendarError } from './calendar.ts';
import { CaseError, caseReader } from './cases.ts';

/**
 * Answers a file of working-time cases, a JSON object a line, with one `{"id", "answer"}` a line in the same order, as it reads. A line
 * that cannot be answered is named on `errors`; the others are answered all the same.
 * @returns the exit code: 0 when every line was answered
 */
export async function answerFile(file: string, output: Writable, errors: Writable): Promise<number> {
  const answer = caseReader();
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  let exitCode = 0;
  try {
    for await (const text of lines) {
      number += 1;
      if (text.trim() === '') continue;
      try {
        const written = output.write(`${JSON.stringify(answer(number === 1 ? text.replace(/^\uFEFF/, '') : text))}\n`);
        if (!written) await once(output, 'drain');
      } catch (error) {
        if (!(error instanceof CaseError || error instanceof CalendarError)) throw error;
        exitCode = 1;
        errors.write(`${file}:${number}: ${error.message}\n`);
      }
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
    errors.write(`${file}: cannot be read (${error.message}): check the path\n`);
    exitCode = 1;
  }
  return exitCode;
}
