import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Language, type Node, Parser } from 'web-tree-sitter';

/** A Bicep file as its grammar reads it. The grammar knows no resource types: whether a property exists is not seen here. */
export interface Bicep {
  readonly file: string;
  /** Places that the grammar cannot read, as `line: text`. */
  readonly errors: string[];
  readonly params: { name: string; required: boolean }[];
  readonly variables: string[];
  readonly resources: { name: string; type: string }[];
  readonly modules: { name: string; file: string; params: string[] }[];
  readonly outputs: string[];
  /** Names that are read, `module.outputs.x` as such too. */
  readonly reads: string[];
  readonly calls: string[];
  readonly node: Node;
}

/** The grammar is older than this line, which names an extension. */
const EXTENSION = /^extension \w+$/m;
const DECLARATIONS = new Set([
  'parameter_declaration',
  'variable_declaration',
  'resource_declaration',
  'module_declaration',
  'output_declaration',
]);

export async function bicepReader(): Promise<(file: string) => Bicep> {
  await Parser.init();
  const require = createRequire(import.meta.url);
  const language = await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm'));
  const parser = new Parser();
  parser.setLanguage(language);
  return (file) => describe(file, parser.parse(readFileSync(file, 'utf8').replace(EXTENSION, ''))!.rootNode);
}

export const textOf = (node: Node | null | undefined): string => node?.text.replace(/^'|'$/g, '') ?? '';
const named = (node: Node): Node[] => node.namedChildren.filter((child) => child !== null);

/** All nodes below, the node itself first. */
export function* below(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) if (child) yield* below(child);
}

/** Properties of an object by name. */
export const properties = (object: Node): Map<string, Node> =>
  new Map(
    named(object)
      .filter(({ type }) => type === 'object_property')
      .map((property) => [textOf(named(property)[0]), named(property)[1]!]),
  );

const bodyOf = (declaration: Node): Node | undefined => [...below(declaration)].find(({ type }) => type === 'object');

function describe(file: string, root: Node): Bicep {
  const all = [...below(root)];
  const of = (type: string): Node[] => all.filter((node) => node.type === type);
  const nameOf = (declaration: Node): string => textOf(named(declaration)[0]);
  return {
    file,
    errors: all.filter(({ isError, isMissing }) => isError || isMissing).map((node) => `${node.startPosition.row + 1}: ${node.text}`),
    params: of('parameter_declaration').map((node) => ({ name: nameOf(node), required: !/=/.test(node.text.split('\n')[0]!) })),
    variables: of('variable_declaration').map(nameOf),
    resources: of('resource_declaration').map((node) => ({ name: nameOf(node), type: textOf(named(node)[1]) })),
    modules: of('module_declaration').map((node) => ({
      name: nameOf(node),
      file: path.join(path.dirname(file), textOf(named(node)[1])),
      params: [...properties(properties(bodyOf(node)!).get('params')!).keys()],
    })),
    outputs: of('output_declaration').map(nameOf),
    reads: all.flatMap(readBy),
    calls: of('call_expression').map((node) => textOf(node.childForFieldName('function'))),
    node: root,
  };
}

/** The name that a node reads, unless it declares it, calls it, or binds it in a loop or a lambda. */
function readBy(node: Node): string[] {
  if (node.type === 'member_expression') return /^\w+\.\??outputs\.\w+$/.test(node.text) ? [node.text.replace('?', '')] : [];
  const parent = node.parent;
  if (node.type !== 'identifier' || !parent) return [];
  const first = parent.namedChild(0)?.id === node.id;
  if (DECLARATIONS.has(parent.type) && first) return [];
  if (parent.type === 'object_property' && first) return [];
  if (parent.type === 'call_expression' && first) return [];
  return bound(node).includes(node.text) ? [] : [node.text];
}

function bound(node: Node): string[] {
  const names: string[] = [];
  for (let at: Node | null = node; at; at = at.parent)
    if (at.type === 'for_statement' || at.type === 'lambda_expression') names.push(textOf(at.namedChild(0)));
  return names;
}
