import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { checkWritable, type NewFile, replaceFiles, writeNewFiles } from '../../commands/files';
import { Mistake } from '../../commands/mistake';

const all = mkdtempSync(join(tmpdir(), 'files-'));
afterAll(() => rmSync(all, { recursive: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(all, 'folder-'));
});

const at = (...names: string[]) => join(folder, ...names);
const content = (path: string) => readFileSync(path, 'utf8');
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('a private file is for its owner alone, and so is the folder that is made for it', () => {
  writeNewFiles([{ path: at('keys', 'ca.key.pem'), content: 'a key', isPrivate: true }]);
  expect(content(at('keys', 'ca.key.pem'))).toBe('a key');
  expect([mode(at('keys', 'ca.key.pem')), mode(at('keys'))]).toEqual(['600', '700']);
});

describe('where no file can be, a sentence says so, at once and before the work that it is for:', () => {
  const places: readonly (readonly [what: string, path: () => string])[] = [
    ['a folder of a file system that takes none', () => '/proc/somewhere/report.xml'],
    ['a file in the place of its folder', () => at('file', 'report.xml')],
    ['a folder in its place', () => at('folder')],
    ['a name that is too long', () => at('x'.repeat(300))],
  ];
  test.each(places)('%s', (_, path) => {
    writeFileSync(at('file'), 'mine');
    mkdirSync(at('folder'));
    const before = readdirSync(folder, { recursive: true });
    expect(() => checkWritable(path())).toThrow(Mistake);
    expect(() => replaceFiles([{ path: path(), content: 'new' }])).toThrow(path());
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  test('and of one that can be nothing is left', () => {
    checkWritable(at('new', 'folder', 'report.xml'));
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('no file is written over another, nor any beside it, and each that is there is named', () => {
  writeFileSync(at('a'), 'mine');
  writeFileSync(at('b'), 'mine');
  const files = ['a', 'b', 'c'].map((name) => ({ path: at(name), content: 'new' }));
  expect(() => writeNewFiles(files)).toThrow(`${at('a')}, ${at('b')}: there already`);
  expect([content(at('a')), content(at('b'))]).toEqual(['mine', 'mine']);
  expect(readdirSync(folder)).toEqual(['a', 'b']);
});

test('what cannot all be written is not written at all', () => {
  mkdirSync(at('a'));
  expect(() =>
    replaceFiles([
      { path: at('b'), content: 'new' },
      { path: at('a', 'file', 'below'), content: 'new' },
      { path: at('a'), content: 'new' },
    ]),
  ).toThrow();
  writeFileSync(at('c'), 'mine');
  expect(() =>
    writeNewFiles([
      { path: at('d'), content: 'new' },
      { path: at('c', 'below'), content: 'new' },
    ]),
  ).toThrow();
  expect(existsSync(at('d'))).toBe(false);
  expect(readdirSync(folder).filter((name) => name.includes('waiting'))).toEqual([]);
});

test('a file that is to be replaced is', () => {
  writeFileSync(at('a'), 'old');
  replaceFiles([{ path: at('a'), content: 'new' }]);
  expect(content(at('a'))).toBe('new');
});

describe('a run that is killed', () => {
  const program = join(all, 'program');
  mkdirSync(program);
  // As CommonJS, whose functions of `node:fs` can be replaced.
  const options = [
    '--outDir',
    program,
    '--module',
    'commonjs',
    '--target',
    'es2022',
    '--types',
    'node',
    '--skipLibCheck',
  ];
  execFileSync('node_modules/.bin/tsc', ['commands/files.ts', ...options], { cwd: join(__dirname, '../..') });

  const files: readonly NewFile[] = [
    { path: 'keys/ca.key.pem', content: 'first key', isPrivate: true },
    { path: 'keys/ca.cert.pem', content: 'second file' },
  ];
  writeFileSync(
    join(program, 'killed.js'),
    `const fs = require('node:fs');
     let left = Number(process.argv[2]);
     const step = () => { if (left-- === 0) process.kill(process.pid, 'SIGKILL'); };
     for (const name of ['mkdirSync', 'readdirSync', 'openSync', 'fsyncSync', 'closeSync', 'linkSync', 'renameSync', 'rmSync']) {
       const own = fs[name];
       fs[name] = (...args) => { step(); return own(...args); };
     }
     fs.writeFileSync = (file, text) => { for (const half of [text.slice(0, 4), text.slice(4)]) { step(); fs.writeSync(file, half); } };
     require('./files')[process.argv[3]](JSON.parse(process.argv[4]));`,
  );
  const run = (steps: number, write: string) =>
    spawnSync(process.execPath, [join(program, 'killed.js'), `${steps}`, write, JSON.stringify(files)], {
      cwd: folder,
    });

  const isOurs = (name: string) => files.some(({ path }) => path === `keys/${name}`);

  test.each(['writeNewFiles', 'replaceFiles'])(
    '%s leaves no half of a file, wherever it ends, and the next run no trace',
    (write) => {
      let steps = 0;
      for (; ; steps++) {
        rmSync(at('keys'), { recursive: true, force: true });
        const { signal, status } = run(steps, write);
        for (const { path, content: whole } of files)
          if (existsSync(at(path))) expect(content(at(path)), `step ${steps}`).toBe(whole);
        if (signal !== 'SIGKILL') {
          expect(status).toBe(0);
          break;
        }
        run(Number.POSITIVE_INFINITY, write); // refuses where the first run has got as far as a name
        expect(
          readdirSync(at('keys')).filter((name) => !isOurs(name)),
          `step ${steps}`,
        ).toEqual([]);
      }
      expect(steps).toBeGreaterThan(15);
    },
  );
});
