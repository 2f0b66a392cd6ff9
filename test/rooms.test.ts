import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(__dirname, '..');

/** What each room may import from; everything else of ours is above it. */
const below: Readonly<Record<string, readonly string[]>> = {
  lib: ['lib'],
  constructs: ['constructs', 'lib'],
  stacks: ['stacks', 'constructs', 'lib'],
  commands: ['commands', 'lib'],
};

const sources = (room: string): string[] =>
  readdirSync(root).includes(room)
    ? readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(room, file))
    : [];

const imports = (file: string): string[] => {
  const source = readFileSync(join(root, file), 'utf8');
  const found = source.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)';$|\b(?:import|require)\('([^']+)'\)/gm);
  return [...found].map(([, from, called]) => `${from ?? called}`);
};

test.each(Object.entries(below))('%s imports only from itself and from the rooms below it', (room, allowed) => {
  const rooms = sources(room).flatMap((file) =>
    imports(file)
      .filter((from) => from.startsWith('.'))
      .map((from) => ({ file, room: relative(root, normalize(join(root, dirname(file), from))).split('/')[0] })),
  );
  expect(rooms.filter(({ room }) => !allowed.includes(`${room}`))).toEqual([]);
});

test('plans know no drawing, no cloud, no file, no clock and no chance', () => {
  const foreign = sources('lib').flatMap((file) => imports(file).filter((from) => !from.startsWith('.')));
  expect([...new Set(foreign)].sort()).toEqual(['ipaddr.js', 'yaml']);
  for (const file of sources('lib')) {
    expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(/\bDate\b|Math\.random|process\./);
  }
});

test('constructs load no Pulumi', () => {
  const foreign = sources('constructs').flatMap((file) => imports(file).filter((from) => from.startsWith('@pulumi')));
  expect(foreign).toEqual([]);
});
