import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolInFolder } from '../support/command-line';
import { parseHtml } from '../support/html';

const { run, path } = toolInFolder();

const runbook = (...args: string[]) => run('runbook', ...args);

test('each member that is declared has a file of its namespace, which a second run replaces', () => {
  const files = ['fate-30000.html', 'fate-40000.html', 'fate-exchange.html'];
  for (const _ of [1, 2]) {
    const { status, stdout, stderr } = runbook('--out', 'pages', '--format', 'html');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.trim().split('\n').sort()).toEqual(files.map((file) => join('pages', file)));
    expect(readdirSync(path('pages')).sort()).toEqual(files);
  }
  for (const file of files) expect(parseHtml(readFileSync(path('pages', file), 'utf8')).errors).toEqual([]);
});

test('a member that is named is the only one, and Markdown goes to standard output', () => {
  const { stdout } = runbook('--party', '40000');
  const text = stdout.replace(/^ *```[\s\S]*?^ *```/gm, '');
  expect([...text.matchAll(/^# (.*)$/gm)].map(([, title]) => title)).toEqual([
    'fate-40000: when something fails at party 40000 of example.com',
  ]);
  expect(runbook('--exchange').stdout).toMatch(
    /^# fate-exchange: when something fails at the exchange of example\.com$/m,
  );
});

test('who is not declared has no page, and several pages of HTML need a folder', () => {
  const refused = [runbook('--party', '7'), runbook('--format', 'html')];
  expect(refused.map(({ status }) => status)).toEqual([2, 2]);
  expect(refused[0]?.stderr).toContain('federation.yaml does not declare party 7');
  expect(refused[1]?.stderr).toContain('3 pages of HTML need --out, or one member that is named');
  expect(runbook('--format', 'html', '--party', '30000').stdout).toMatch(/^<!DOCTYPE html>\n/);
});

test('programs get the pages as data', () => {
  const { pages } = JSON.parse(runbook('party-30000.yaml', '--json').stdout);
  expect(pages).toMatchObject([{ member: 'fate-30000', title: expect.stringContaining('party 30000') }]);
});

test('certificates that are there are told with their days, the own ones alone', () => {
  expect(runbook('--party', '30000').stdout).not.toContain('Renew from');
  expect(run('certificates', 'issue').status).toBe(0);
  const { stdout } = runbook('--party', '30000');
  for (const [name, file] of [
    ['30000.example.com', 'broker.cert.pem'],
    ['ca.example.com', 'ca.cert.pem'],
  ]) {
    const { validTo } = new X509Certificate(readFileSync(path('certificates/30000.example.com', `${file}`)));
    const day = new Date(validTo).toISOString().slice(0, 10);
    expect(stdout).toMatch(new RegExp(`^\\| \`${name}\` \\| \\d{4}-\\d\\d-\\d\\d \\| ${day} \\|$`, 'm'));
  }
  expect(stdout).not.toMatch(/^\| `(40000|proxy)\.example\.com`/m);
  writeFileSync(path('certificates/30000.example.com/broker.cert.pem'), '-----BEGIN CERTIFICATE-----\nx\n');
  const { status, stderr } = runbook('--party', '30000');
  expect(status).toBe(2);
  expect(stderr).toContain('broker.cert.pem: has no certificates that can be read');
});
