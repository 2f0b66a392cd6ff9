import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandLine } from '../../support/command-line';

let tool: ReturnType<typeof commandLine>;
let folder: string;
beforeAll(() => {
  tool = commandLine();
  folder = tool.folder();
  const made = tool.shell(
    folder,
    'kubefate-tanzu certificates issue && kubefate-tanzu descriptor sign exchange.json > exchange.jws',
  );
  expect(made.status).toBe(0);
  writeFileSync(join(folder, 'other.jws'), 'a.b.c');
});
afterAll(() => tool.close());

test.each<[string, readonly string[], RegExp]>([
  [
    'a signed descriptor without the authorities',
    ['exchange.jws', '--outside'],
    /exchange.jws is signed: name the authorities of the federation by --ca or --as/,
  ],
  [
    'a text that nobody has signed',
    ['other.jws', '--outside', '--ca', 'certificates/30000.example.com/ca.cert.pem'],
    /other.jws.*\n.*is no signed descriptor/,
  ],
  ['a whole federation', ['federation.yaml', '--outside'], /federation.yaml declares more than one member/],
  ['a folder of nobody', ['exchange.json', '--outside', '--as', '.'], /holds no certificate with its key/],
  [
    'an identity without a look from outside',
    ['--as', 'certificates/30000.example.com'],
    /--as and --ca are for a look from --outside/,
  ],
  ['a cluster beside it', ['exchange.json', '--outside', '--context', 'org1'], /--outside asks no cluster/],
  [
    'a descriptor that is not there',
    ['nowhere.jws', '--outside'],
    /nowhere.jws: there is no such file; name the descr/,
  ],
  ['a folder in its place', ['.', '--outside'], /\.: is a folder; name a file/],
  [
    'authorities that are none',
    ['exchange.json', '--outside', '--ca', 'exchange.json'],
    /has no certificates that can/,
  ],
  ['authorities that are not there', ['exchange.json', '--outside', '--ca', 'gone'], /gone: there is no such file/],
  ['a second look', ['exchange.json', '--outside', '--wait', '5'], /--outside looks once: leave out --wait/],
  [
    'a peer that is none',
    ['exchange.json', '--outside', '--peer', 'org1'],
    /--peer: use a whole number from 1 to 999999999/,
  ],
])('%s is refused before anything is asked', (_, args, message) => {
  const { status, stderr, stdout } = tool.run(folder, 'diagnose', ...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});
