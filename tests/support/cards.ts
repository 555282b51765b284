import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { ValidateFunction } from 'ajv';

const require = createRequire(import.meta.url);
const SCHEMA = fileURLToPath(new URL('../../../shared/cards/adaptive-card-1.5.schema.json', import.meta.url));

/** Elements that both Teams and Outlook show, and that the house uses. */
const ELEMENTS = new Set(
  'AdaptiveCard TextBlock RichTextBlock TextRun Container ColumnSet Column FactSet ActionSet Input.Text Input.Date Input.Time Input.ChoiceSet Input.Toggle Input.Number Action.Execute Action.Submit Action.ShowCard Action.ToggleVisibility Action.OpenUrl'.split(
    ' ',
  ),
);
const BUDGET_BYTES = 25_000;

/** True when the official schema is at hand; else the checks of `cardErrors` are those of the renderer and the house. */
export const hasSchema = existsSync(SCHEMA);

let validator: ValidateFunction | null | undefined;
function schemaValidator(): ValidateFunction | null {
  if (validator !== undefined) return validator;
  if (!hasSchema) {
    process.stderr.write('SKIPPED: the official card schema is not at hand; cards are checked by the renderer and the house rules alone\n');
    validator = null;
    return validator;
  }
  const { Ajv } = require('ajv') as typeof import('ajv');
  const schema = JSON.parse(readFileSync(SCHEMA, 'utf8')) as Record<string, unknown>;
  delete schema.id;
  const ajv = new Ajv({ strict: false, logger: false });
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json') as object);
  validator = ajv.compile(schema);
  return validator;
}

type Json = Record<string, unknown>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every object below `node` that carries a type, with where it stands. `data` is the house's own and no card element. */
function* elements(node: unknown, path = ''): Generator<[string, Json]> {
  if (Array.isArray(node)) for (const [index, item] of node.entries()) yield* elements(item, `${path}/${index}`);
  if (!isJson(node)) return;
  if (typeof node.type === 'string') yield [path, node];
  for (const [key, value] of Object.entries(node)) if (key !== 'data') yield* elements(value, `${path}/${key}`);
}

interface Renderer {
  AdaptiveCard: new () => {
    parse(json: unknown, context: unknown): void;
    validateProperties(): { validationEvents: { message: string }[] };
  };
  SerializationContext: new (version: unknown) => { eventCount: number; getEventAt(index: number): { message: string } };
  Version: new (major: number, minor: number) => unknown;
}
let renderer: Renderer | undefined;

function rendererErrors(card: unknown): string[] {
  renderer ??= require('adaptivecards/dist/adaptivecards.min.js') as Renderer;
  const context = new renderer.SerializationContext(new renderer.Version(1, 5));
  const parsed = new renderer.AdaptiveCard();
  parsed.parse(card, context);
  const seen = Array.from({ length: context.eventCount }, (_event, index) => context.getEventAt(index).message);
  return [...seen, ...parsed.validateProperties().validationEvents.map((event) => event.message)].map((message) => `renderer: ${message}`);
}

function houseErrors(card: Json): string[] {
  const errors: string[] = [];
  if (card.version !== '1.5') errors.push(`version is ${String(card.version)}`);
  const bytes = Buffer.byteLength(JSON.stringify(card), 'utf16le');
  if (bytes > BUDGET_BYTES * 2) errors.push(`${bytes} bytes of UTF-16 are over the budget`);
  if (Buffer.byteLength(JSON.stringify(card)) > BUDGET_BYTES) errors.push('over 25 KB');
  const refresh = card.refresh as { userIds?: unknown[] } | undefined;
  if (refresh && (refresh.userIds?.length ?? 0) > 60) errors.push('refresh.userIds holds more than 60');
  const ids = new Set<string>();
  for (const [path, element] of elements(card)) {
    const type = element.type as string;
    if (!ELEMENTS.has(type)) errors.push(`${path}: ${type} is not an element of the house`);
    const fallback = element.fallback as Json | undefined;
    if (type === 'Action.Execute' && path !== '/refresh/action' && fallback?.type !== 'Action.Submit')
      errors.push(`${path}: no Submit as fallback`);
    if (type === 'Action.Execute' && path !== '/refresh/action' && (fallback?.data as Json | undefined)?.verb !== element.verb)
      errors.push(`${path}: the fallback carries another verb`);
    if (type === 'ActionSet' && (element.actions as unknown[]).length > 5) errors.push(`${path}: more than 5 actions in a set`);
    if (type === 'Action.OpenUrl' && !/^(https:\/\/|mailto:|http:\/\/localhost[:/])/.test(String(element.url)))
      errors.push(`${path}: opens ${String(element.url)}`);
    if (typeof element.id === 'string' && ids.has(element.id)) errors.push(`${path}: id ${element.id} stands twice`);
    if (typeof element.id === 'string') ids.add(element.id);
    if (type.startsWith('Input.') && !element.label) errors.push(`${path}: an input without a label`);
    if (/\.\d{3}Z/.test(String(element.text ?? ''))) errors.push(`${path}: a time with milliseconds`);
  }
  return errors;
}

/** What is wrong with a card by the official schema, the renderer's own parser and the rules of the house; [] when nothing. */
export function cardErrors(card: unknown): string[] {
  if (!isJson(card)) return ['not an object'];
  const { msteams: _teamsOnly, ...standard } = card;
  const validate = schemaValidator();
  const schema =
    validate && !validate(standard) ? (validate.errors ?? []).map((error) => `schema: ${error.instancePath} ${error.message ?? ''}`) : [];
  return [...schema, ...rendererErrors(card), ...houseErrors(card)];
}

/** All text that people read on a card: texts, titles, labels, facts, choices, hints. */
export function cardTexts(card: unknown): string[] {
  const texts: string[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) walk(item);
    if (!isJson(node)) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'data') continue;
      if (['text', 'title', 'label', 'value', 'placeholder', 'errorMessage', 'tooltip'].includes(key) && typeof value === 'string')
        texts.push(value);
      walk(value);
    }
  };
  walk(card);
  return texts;
}

/** Words that no text for people may hold. */
export const UNKIND = /\b(debtors?|creditors?|ow(e[sd]?|ing)|overdue|breach(e[sd])?|broken|fail(ed|s|ure)?|SLA)\b/i;
