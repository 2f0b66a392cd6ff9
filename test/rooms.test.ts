import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(__dirname, '..');

/** What each room may import from; everything else of ours is above it. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  lib: ['lib'],
  constructs: ['constructs', 'lib'],
  stacks: ['stacks', 'constructs', 'lib'],
  commands: ['commands', 'constructs', 'lib', 'package.json'],
};

/** The same inside `lib`. Only its `index.ts` sees all of it. */
const roomsOfLib: Readonly<Record<string, readonly string[]>> = {
  input: [],
  formats: [],
  kubernetes: ['input'],
  fate: ['kubernetes', 'input', 'formats'],
  federation: ['fate', 'kubernetes', 'input'],
  jobs: ['federation', 'fate', 'kubernetes', 'input', 'formats'],
  tanzu: ['federation', 'fate', 'kubernetes', 'input'],
  kubefate: ['federation', 'fate', 'kubernetes', 'input', 'formats'],
  monitoring: ['reports', 'federation', 'fate', 'kubernetes'],
  operations: ['kubefate', 'federation', 'fate', 'kubernetes', 'input', 'formats'],
  upgrade: ['operations', 'kubefate', 'federation', 'fate', 'kubernetes', 'input', 'formats'],
  reports: [
    'upgrade',
    'operations',
    'kubefate',
    'tanzu',
    'jobs',
    'federation',
    'fate',
    'kubernetes',
    'input',
    'formats',
  ],
  diagnosis: ['reports', 'federation', 'fate', 'input', 'formats'],
};

const sources = (room: string): string[] =>
  existsSync(join(root, room))
    ? readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(room, file))
    : [];

const imports = (file: string): string[] => {
  const source = readFileSync(join(root, file), 'utf8');
  const found = source.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)';$|\b(?:import|require)\('([^']+)'\)/gm);
  return [...found].map(([, from, called]) => `${from ?? called}`);
};

/** Those that are loaded with a file: no types, and nothing that is imported by a call. */
const loadedWith = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^(?:import|export)\b(?! type)[^;]*?\bfrom '([^']+)';$/gm)].map(
    ([, from]) => `${from}`,
  );

const imported = (file: string): string[] =>
  imports(file)
    .filter((from) => from.startsWith('.'))
    .map((from) => relative(root, normalize(join(root, dirname(file), from.replace(/\.js$/, '')))));

test.each(Object.entries(rooms))('%s imports only from itself and from the rooms below it', (room, below) => {
  const reached = sources(room).flatMap((file) => imported(file).map((from) => ({ file, from })));
  expect(reached.filter(({ from }) => !below.includes(`${from.split('/')[0]}`))).toEqual([]);
});

test.each(Object.entries(roomsOfLib))('lib/%s imports only from itself and from the rooms below it', (room, below) => {
  const reached = sources(join('lib', room)).flatMap((file) => imported(file).map((from) => ({ file, from })));
  expect(reached.filter(({ from }) => ![room, ...below].includes(`${from.split('/')[1]}`))).toEqual([]);
});

test('every folder of lib is a room, and nothing but the index stands outside of them', () => {
  const entries = readdirSync(join(root, 'lib')).filter((entry) => entry !== 'schemas');
  expect(entries.sort()).toEqual([...Object.keys(roomsOfLib), 'index.ts'].sort());
});

test('the index of a room says first what the room is', () => {
  const indexes = ['index.ts', ...Object.keys(rooms).flatMap(sources)].filter((file) => file.endsWith('index.ts'));
  for (const index of indexes) expect(readFileSync(join(root, index), 'utf8'), index).toMatch(/^\/\/ [A-Z].*\.\n/);
});

const files = Object.keys(rooms).flatMap(sources);
const target = (path: string) => files.find((file) => file === `${path}.ts` || file === join(path, 'index.ts'));
const next = new Map(files.map((file) => [file, imported(file).flatMap((path) => target(path) ?? [])]));

/** The first way back to where it began, if there is one. */
function circle(next: ReadonlyMap<string, Iterable<string>>): readonly string[] {
  const done = new Set<string>();
  const walk = (from: string, path: readonly string[]): readonly string[] => {
    if (path.includes(from)) return [...path.slice(path.indexOf(from)), from];
    if (done.has(from)) return [];
    done.add(from);
    for (const each of next.get(from) ?? []) {
      const found = walk(each, [...path, from]);
      if (found.length > 0) return found;
    }
    return [];
  };
  return [...next.keys()].map((from) => walk(from, [])).find((found) => found.length > 0) ?? [];
}

test('no file leads back to itself', () => {
  expect(next.size).toBeGreaterThan(100);
  expect(circle(next)).toEqual([]);
});

test('no folder leads back to itself; an index is above all that it exports', () => {
  const folders = new Map<string, Set<string>>();
  for (const [file, targets] of next) {
    const outside = targets.map(dirname).filter((folder) => folder !== dirname(file));
    const folder = basename(file) === 'index.ts' ? file : dirname(file);
    folders.set(folder, new Set([...(folders.get(folder) ?? []), ...outside]));
  }
  expect(circle(folders)).toEqual([]);
});

test('plans know no drawing, no cloud, no file, no clock and no chance', () => {
  const foreign = sources('lib').flatMap((file) => imports(file).filter((from) => !from.startsWith('.')));
  const types = /^kubernetes-types\//; // no code
  expect([...new Set(foreign)].filter((it) => !types.test(it)).sort()).toEqual([
    '@peculiar/x509',
    'ipaddr.js',
    'jws',
    'node:crypto',
    'yaml',
  ]);
  for (const file of sources('lib')) {
    expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(
      /\bDate\.now\b|\bDate\(\)|\brandom\w*\(|generateKey|process\./,
    );
  }
});

test.each(['constructs', 'commands'])('%s load no Pulumi', (room) => {
  const foreign = sources(room).flatMap((file) => imports(file).filter((from) => from.startsWith('@pulumi')));
  expect(foreign).toEqual([]);
});

test('the tool starts with the parser of its options; what a command needs besides is loaded when it runs', () => {
  const loaded = new Set(['commands/main.ts']);
  const foreign = new Set<string>();
  for (const file of loaded) {
    for (const from of loadedWith(file)) {
      const path = target(relative(root, join(root, dirname(file), from)));
      if (path === undefined) foreign.add(from);
      else loaded.add(path);
    }
  }
  expect([...loaded].filter((file) => !file.startsWith('commands/'))).toEqual([]);
  expect([...foreign].filter((from) => !from.startsWith('node:')).sort()).toEqual(['../package.json', 'yargs/yargs']);
});
