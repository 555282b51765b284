import { type Document, type ErrorCode, LineCounter, parseDocument, visit } from 'yaml';
import { checkAcross, type FormerPerson } from './check.ts';
import { CharterDocument } from './document.ts';
import { holidayFindings } from './holidays.ts';
import { type Path, placeOf } from './place.ts';
import type { Problem } from './problems.ts';
import { findingsOf } from './shape.ts';

/** Far more than any charter: what is larger is another file. */
const MOST_CHARACTERS = 200_000;

/**
 * Reads a charter file: what it says, or everything that is wrong with it, in the order of the file.
 * @param file - the name that problems carry
 * @param former - who held each key of this partnership so far
 */
export async function readCharter(
  text: string,
  file: string,
  former: ReadonlyMap<string, FormerPerson> = new Map(),
): Promise<{ document: CharterDocument } | { problems: Problem[] }> {
  if (text.length > MOST_CHARACTERS) {
    return { problems: [{ file, line: 1, column: 1, message: `The file is longer than ${MOST_CHARACTERS} characters. Is it a charter?` }] };
  }
  const lines = new LineCounter();
  const yaml = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, prettyErrors: false });
  const syntax = yaml.errors.map(({ pos, code, message }): Problem => {
    const { line, col } = lines.linePos(pos[0]);
    return { file, line, column: col, message: SYNTAX[code] ?? `This is not YAML: ${message}` };
  });
  if (syntax.length) return { problems: syntax };
  const raw = plainData(yaml);
  if (raw === TANGLED)
    return { problems: [{ file, line: 1, column: 1, message: 'The aliases of this file lead too far. Write the parts out' }] };
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return {
      problems: [{ file, line: 1, column: 1, message: 'This file says nothing that a charter says. Start with a client and a provider' }],
    };
  }
  const parsed = CharterDocument.safeParse(raw);
  const findings = [
    ...(parsed.error?.issues.flatMap((issue) => findingsOf(issue, raw)) ?? []),
    ...checkAcross(raw, former),
    ...(await holidayFindings(raw)),
  ];
  if (parsed.success && findings.length === 0) return { document: parsed.data };
  const problems = findings.map(
    ({ path, message, key }): Problem => ({ file, ...placeOf(yaml, lines, path as Path, { key: key ?? false }), message }),
  );
  return { problems: problems.sort((a, b) => a.line - b.line || a.column - b.column || (a.message < b.message ? -1 : 1)) };
}

/** The slips that happen, with their mend. */
const SYNTAX: Partial<Record<ErrorCode, string>> = {
  DUPLICATE_KEY: 'This key stands here twice. Keep one of them',
  TAB_AS_INDENT: 'This line starts with a tab. Indent with spaces',
  BLOCK_AS_IMPLICIT_KEY: 'A colon too many in this line. Put text that holds a colon in quotes',
  BAD_INDENT: 'This line does not stand under the one it belongs to. Indent it like its neighbours, and close every bracket',
};

const TANGLED = Symbol('tangled');

/** The file as plain data; `TANGLED` where an alias holds itself, or aliases of aliases would grow beyond measure. */
function plainData(yaml: Document): unknown {
  let holdsItself = false;
  visit(yaml, {
    Alias(_key, alias, path) {
      const target = alias.resolve(yaml);
      holdsItself ||= target !== undefined && path.includes(target);
    },
  });
  if (holdsItself) return TANGLED;
  try {
    return yaml.toJS({ maxAliasCount: 200 });
  } catch (error) {
    if (error instanceof ReferenceError) return TANGLED;
    throw error;
  }
}
