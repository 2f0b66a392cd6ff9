import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scriptText } from '../../../constructs/parts/script';

const root = join(__dirname, '../../..');
const filesOf = (room: string, ending: string): string[] =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(room, file));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'script-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test.each(['#!/bin/sh\r\necho\r\n', '#!/bin/sh\necho\r\n', '#!/bin/sh\recho\r'])(
  'a script with the line ends of Windows is refused by its name: %j',
  (text) => {
    const path = join(directory, 'start.sh');
    writeFileSync(path, text);
    expect(() => scriptText(path)).toThrow(`${path} has lines that end in CRLF`);
  },
);

test('scripts and declarations are read in one place each, and constructs read no other file', () => {
  const readers = filesOf('constructs', '.ts').filter((file) =>
    /\breadFile/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(readers.sort()).toEqual(['constructs/declared/declaration-file.ts', 'constructs/parts/script.ts']);
});

test('a checkout of Git for Windows has the files that go into manifests as they are', () => {
  const [origin, checkout] = [join(directory, 'origin'), join(directory, 'checkout')];
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { stdio: 'pipe' });
  const endings = ['.sh', '.lua', '.py'];
  const files = [...endings.flatMap((it) => filesOf('constructs', it)), ...filesOf('lib', '.json')];
  expect(files.length).toBeGreaterThan(4);
  for (const file of ['.gitattributes', ...files]) cpSync(join(root, file), join(origin, file));
  git('init', '--quiet', origin);
  git('-C', origin, 'add', '--all');
  git('-C', origin, 'commit', '--quiet', '--message', 'all');
  git('clone', '--quiet', '-c', 'core.autocrlf=true', origin, checkout);
  for (const file of files) expect(readFileSync(join(checkout, file))).toEqual(readFileSync(join(root, file)));
});
