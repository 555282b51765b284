import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const SLICE = '../shared/graph/openapi-slice.json';

/** The published contract of Graph lies beside the project, not in it: without it the tests check behaviour alone. */
export const hasContract = existsSync(SLICE);

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly explode?: boolean;
  readonly schema: { readonly type?: string };
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: object;
  readonly responses?: Readonly<Record<string, { readonly $ref?: string; readonly content?: unknown }>>;
}
interface Slice {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** A request to Graph and its answer, as they went over the wire. */
export interface Exchange {
  readonly method: string;
  /** Whole. */
  readonly url: string;
  readonly request: unknown;
  readonly status: number;
  readonly answer: unknown;
}

const readSlice = () => JSON.parse(readFileSync(SLICE, 'utf8')) as Slice;
const escaped = (text: string) => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Says what is wrong with a call and its answer by Graph's contract; null when nothing is, or when the contract is not here. */
export const contract: (exchange: Exchange) => string | null = hasContract ? load() : () => null;

function load(): (exchange: Exchange) => string | null {
  const slice = readSlice();
  const validators = validatorsOf(slice);
  const templates = Object.keys(slice.paths)
    // The more literal a template, the earlier it is tried: `delta` is no folder.
    .sort((a, b) => (a.match(/\{/g)?.length ?? 0) - (b.match(/\{/g)?.length ?? 0))
    .map((template) => ({
      template,
      pattern: new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`),
    }));

  /** What is wrong with a request that was served: one that was refused may be as wrong as its answer says. */
  const wrongRequest = (template: string, method: string, query: URLSearchParams, body: unknown): string | null => {
    const operation = slice.paths[template]![method]!;
    const shared = slice.paths[template]!.parameters as unknown as readonly Parameter[] | undefined;
    for (const [name, value] of query) {
      const at = [operation.parameters, shared].flatMap((list) => (list ? [list] : [])).flat();
      const parameter = at.find((one) => one.in === 'query' && one.name === name);
      if (!parameter) return `does not take ${name}`;
      const list = operation.parameters?.includes(parameter) ? [method, 'parameters', operation.parameters.indexOf(parameter)] : null;
      if (!list) continue;
      const wrong = validators.at(`/paths/${escaped(template)}/${list.join('/')}/schema`, typed(parameter, value));
      if (wrong) return `${name}=${value}: ${wrong}`;
    }
    if (operation.requestBody)
      return validators.at(`/paths/${escaped(template)}/${method}/requestBody/content/application~1json/schema`, overHttps(body));
    return body === null || body === undefined ? null : 'takes no body';
  };

  const check = ({ method, url, request, status, answer }: Exchange): string | null => {
    const { pathname, searchParams } = new URL(url);
    const path = decodeURIComponent(pathname.replace(/^\/v1\.0/, ''))
      .replace(/\(\)(?=\/|$)/g, '')
      .replace(/\('([^']*)'\)/g, '/$1');
    const verb = method.toLowerCase();
    const template = templates.find(({ pattern, template: one }) => pattern.test(path) && slice.paths[one]![verb])?.template;
    if (!template) return `${method} ${path} is not in the contract`;
    const wrong = status < 300 ? wrongRequest(template, verb, searchParams, request) : null;
    if (wrong) return `${method} ${template} ${wrong}`;
    const { responses } = slice.paths[template]![verb]!;
    const key = [String(status), status >= 500 ? '5XX' : status >= 400 ? '4XX' : ''].find((one) => responses?.[one]);
    if (!key) return `${method} ${template} never answers ${status}`;
    // 204, and what is only accepted (202)
    if (status < 300 && !responses![key]!.$ref && !responses![key]!.content)
      return answer === null || answer === undefined ? null : `${method} ${template}: ${status} has no body`;
    const base = responses![key]!.$ref?.slice(1) ?? `/paths/${escaped(template)}/${verb}/responses/${key}`;
    const found = validators.at(`${base}/content/application~1json/schema`, answer);
    if (found) return `${method} ${template} ${status}: ${found}`;
    return template === '/$batch' && status === 200 ? insideBatch(url, request, answer) : null;
  };

  /** Every request of a batch is a call, and has an answer, of its own. */
  const insideBatch = (url: string, request: unknown, answer: unknown): string | null => {
    const { requests } = request as { requests: readonly { id: string; method: string; url: string; body?: unknown }[] };
    const { responses } = answer as { responses: readonly { id: string; status: number; body?: unknown }[] };
    for (const { id, status, body } of responses) {
      const asked = requests.find((one) => one.id === id);
      if (!asked) return `POST /$batch answers ${id}, which was not asked`;
      if (status === 424) continue;
      const inner = `${new URL(url).origin}/v1.0${asked.url.replace(/^\/?(v1\.0\/)?/, '/')}`;
      const wrong = check({ method: asked.method, url: inner, request: asked.body ?? null, status, answer: body ?? null });
      if (wrong) return `in a batch: ${wrong}`;
    }
    return null;
  };
  return check;
}

/** A value of a query as what its schema says it is. */
function typed({ schema, explode }: Parameter, value: string): unknown {
  if (schema.type === 'integer') return Number(value);
  if (schema.type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return schema.type === 'array' && explode === false ? value.split(',').map((one) => one.trim()) : value;
}

/** Graph takes https alone; a service of a test has nothing else than http on this machine. */
const overHttps = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body ?? null).replaceAll(/"http:(?=\/\/(127\.0\.0\.1|localhost):)/g, '"https:'));

/** The same for a notification as Graph sends it. */
export const notificationContract: (body: unknown) => string | null = hasContract
  ? (() => {
      const validators = validatorsOf(readSlice());
      return (body) => validators.at('/components/schemas/microsoft.graph.changeNotificationCollection', body);
    })()
  : () => null;

/** Validators by their place in the contract, each compiled once. */
function validatorsOf(slice: Slice): { at(place: string, value: unknown): string | null } {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(slice, 'graph');
  const known = new Map<string, ValidateFunction>();
  return {
    at(place, value) {
      const validate = known.get(place) ?? ajv.compile({ $ref: `graph#${place}` });
      known.set(place, validate);
      return validate(value) ? null : ajv.errorsText(validate.errors?.slice(0, 6));
    },
  };
}
