import { type Document, LineCounter, parseDocument } from 'yaml';
import { type Path, placeOf } from '../../../bot/charter/place.ts';
import { BadInput } from '../../../bot/errors.ts';

/** What is wrong at a place of a tenant folder, and how to mend it. */
export interface TenantFinding {
  readonly path: Path;
  readonly message: string;
}

/** A YAML file that knows where its values stand. */
export interface Located {
  readonly data: unknown;
  /** Everything that was found, at once. */
  problems(findings: readonly TenantFinding[]): BadInput;
}

/** @throws {BadInput} when it is no YAML */
export function locate(text: string, file: string): Located {
  const lines = new LineCounter();
  const document: Document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new BadInput(
      document.errors
        .map(({ pos, message }) => {
          const { line, col } = lines.linePos(pos[0]);
          return `${file}:${line}:${col}: This is not YAML: ${message}.`;
        })
        .join('\n'),
    );
  }
  return {
    data: document.toJS(),
    problems: (findings) =>
      new BadInput(
        findings
          .map(({ path, message }) => ({ ...placeOf(document, lines, path), message }))
          .sort((a, b) => a.line - b.line || a.column - b.column)
          .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}.`.replace(/([.?!])\.$/, '$1'))
          .join('\n'),
      ),
  };
}
