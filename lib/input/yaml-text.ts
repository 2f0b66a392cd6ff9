import type { Document, LineCounter, Node } from 'yaml';
import { InvalidInput, Problems } from './problems';

/** What a YAML or JSON text says, and where it says it. */
export interface YamlText {
  /** Maps, lists and scalars. */
  readonly value: unknown;
  /** Of the value at a path such as `parties[1].id`, or of what is nearest around it: `12:9`, line and column from 1. */
  readonly position: (path: string) => string;
}

/**
 * Reads YAML 1.2 with anchors and merge keys, or JSON, which is the same to it.
 *
 * @throws {InvalidInput} of a text that is none; paths are line and column, `12:9`
 */
export function readYamlText(text: string): YamlText {
  const problems = Problems.none();
  if (text.length > mostCharacters) {
    problems.add('1:1', `begins a text of ${text.length} characters`, `use ${mostCharacters} at most`);
  }
  problems.throwIfAny('declaration');
  const yaml = yamlPackage();
  const lines = new yaml.LineCounter();
  const options = { merge: true, lineCounter: lines, prettyErrors: false, uniqueKeys: false };
  const document: Document = yaml.parseDocument(text, options);
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    problems.add(at(lines, pos[0]), `is no YAML: ${message}`, remedies[code] ?? 'mend what is written there');
  }
  if (problems.count === 0) checkUniqueKeys(problems, yaml, document, lines);
  if (problems.count === 0) checkAliases(problems, yaml, document, lines);
  problems.throwIfAny('declaration');
  const position = (path: string) => at(lines, nearest(yaml, document, path)?.range?.[0] ?? 0);
  return { value: expanded(document), position };
}

/** A thousand parties with all that can be said of them have less. */
const mostCharacters = 2 ** 20;

/** Aliases of aliases multiply without end in a few lines. */
function expanded(document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const remedy = 'write the values out in the place of aliases';
    throw new InvalidInput('declaration', [
      { path: '1:1', what: `cannot be read: ${(error as Error).message}`, remedy },
    ]);
  }
}

type YamlPackage = typeof import('yaml');

/** Loaded with the first file: most programs read none. */
const yamlPackage = (): YamlPackage => require('yaml');

const remedies: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent the entries of a map or list alike, and close what is open',
  MULTIPLE_DOCS: 'keep one declaration in a file, without `---` after its beginning',
};

const at = (lines: LineCounter, offset: number): string => {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
};

/** Reports keys that are in a map already. The parser would compare each key with each. */
function checkUniqueKeys(problems: Problems, yaml: YamlPackage, document: Document, lines: LineCounter): void {
  yaml.visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!yaml.isScalar(key) || key.source === '<<') continue;
        if (seen.has(key.value)) {
          problems.add(at(lines, key.range?.[0] ?? 0), 'is no YAML: Map keys must be unique', 'keep one of the two');
        }
        seen.add(key.value);
      }
    },
  });
}

/** Reports aliases of anchors that are not set before them. */
function checkAliases(problems: Problems, yaml: YamlPackage, document: Document, lines: LineCounter): void {
  yaml.visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      const where = at(lines, alias.range?.[0] ?? 0);
      problems.add(where, `*${alias.source} stands for nothing`, 'set the anchor before it, or write the value');
    },
  });
}

function nearest(yaml: YamlPackage, document: Document, path: string): Node | undefined {
  let found = document.contents ?? undefined;
  for (const step of stepsOf(path)) {
    const next = below(yaml, document, found, step);
    if (next === undefined) break;
    found = next;
  }
  return found;
}

/** Of `parties[1].pods["a b"].id`; what follows is no path, and ends it. */
const stepsOf = (path: string): readonly string[] =>
  [...path.matchAll(/\.?([A-Za-z_]\w*)|\[(?:(\d+)|"([^"\\]*)")\]/gy)].map(
    ([, key, index, quoted]) => key ?? index ?? `${quoted}`,
  );

/** The value of a key or of a place in a list; the key where it has no value. */
function below(yaml: YamlPackage, document: Document, at: Node | undefined, step: string): Node | undefined {
  if (yaml.isAlias(at)) return below(yaml, document, at.resolve(document), step);
  if (yaml.isSeq(at)) return (at.items as (Node | null)[])[Number(step)] ?? undefined;
  if (!yaml.isMap(at)) return undefined;
  const pairs = at.items as { readonly key: Node; readonly value: Node | null }[];
  const named = (name: string) => pairs.find(({ key }) => yaml.isScalar(key) && String(key.value) === name);
  const own = named(step);
  if (own !== undefined) return own.value?.range ? own.value : own.key;
  const merged = pairs.filter(({ key }) => yaml.isScalar(key) && `${key.source}` === '<<');
  return merged
    .flatMap(({ value }) => mapsIn(yaml, value))
    .map((map) => below(yaml, document, map, step))
    .find(Boolean);
}

/** What a merge key names: one map, or a list of them. */
const mapsIn = (yaml: YamlPackage, value: Node | null): readonly Node[] =>
  yaml.isSeq(value) ? (value.items as Node[]) : value === null ? [] : [value];
