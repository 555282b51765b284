import type { Clock } from '../clock.ts';
import { BadInput } from '../errors.ts';
import { MailFileError, mailFileBytes, readMail } from '../mailfile/index.ts';
import { readCalendars } from './calendars.ts';
import { collect } from './collect.ts';
import { highlighter } from './highlights.ts';
import { HELP, parseOptions } from './options.ts';
import { printReport } from './print.ts';
import { progressBar } from './progress.ts';
import { runsOf, tally } from './rules.ts';
import { sideFinder } from './sides.ts';

export type Terminal = {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly clock: Clock;
  /** Colours and weights, where the terminal has them and nobody asked for plain text. */
  readonly styled: boolean;
};

/** Reads a mailbox and says how quickly each side answers. @returns the exit code: 0, 1 for a file, 2 for an option */
export async function measure(argv: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  const bar = progressBar(terminal.stderr);
  try {
    const options = parseOptions(argv);
    if (options === 'help') {
      terminal.stdout.write(`${HELP}\n`);
      return 0;
    }
    const asOf = options.asOf ?? terminal.clock.now();
    const working = options.calendar === undefined ? undefined : await readCalendars(options.calendar);
    const notes: string[] = [];
    const total = await mailFileBytes(options.mail);
    const mail = readMail(options.mail, {
      onProgress: (bytes) => bar.show(bytes, total),
      // A last text that is cut changes no figure; missing headers do.
      onWarning: ({ code, path, message, offset }) => {
        if (code !== 'mail.open_end') throw new MailFileError(code, path, message, offset);
        notes.push(message);
      },
    });
    const { threads, coverage } = await collect(mail, sideFinder(options.sides), asOf);
    bar.clear();
    const counted = tally(working);
    const shown = highlighter();
    for (const { title, messages } of threads.counted(options.addressed)) {
      const runs = runsOf(messages);
      for (const run of runs) counted.add(run);
      shown.add(runs, title);
    }
    const figures = counted.figures();
    for (const note of notes) terminal.stderr.write(`Note: ${note}\n`);
    terminal.stdout.write(
      options.json
        ? `${JSON.stringify(figures)}\n`
        : printReport({
            options,
            figures,
            highlights: shown.highlights(),
            coverage,
            asOf,
            width: terminal.stdout.columns ?? 100,
            styled: terminal.styled,
          }),
    );
    return 0;
  } catch (error) {
    bar.clear();
    if (!(error instanceof BadInput || error instanceof MailFileError)) throw error;
    terminal.stderr.write(`${error.message}\n`);
    return error instanceof BadInput ? 2 : 1;
  }
}
