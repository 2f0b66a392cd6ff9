import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { App, declaredApp, Exchange, FederatedLearningCluster } from '../../../constructs';
import { federation } from '../../../lib';
import { twoParties } from '../../support/declarations';

const root = join(__dirname, '../../..');
const folder = join(root, 'test/commands/folder');
const output = mkdtempSync(join(tmpdir(), 'declared-app-'));
afterAll(() => rmSync(output, { recursive: true }));

test('the app of a declared federation has the charts of its members', () => {
  const written = new App();
  const { exchange, parties } = federation(twoParties);
  new Exchange(written, exchange.namespace, exchange);
  for (const party of parties) new FederatedLearningCluster(written, party.namespace, party);
  expect(declaredApp(join(folder, 'federation.yaml')).synthYaml()).toBe(written.synthYaml());
});

test.each([
  ['party-30000.yaml', 'fate-30000'],
  ['exchange.yaml', 'fate-exchange'],
])('the app of %s has one chart', (file, chart) => {
  expect(declaredApp(join(folder, file)).charts.map(({ node }) => node.path)).toEqual([chart]);
});

test('cdk8s synth works from federation.yaml, with a program of one line', () => {
  const line = `require('${join(root, 'index.ts')}').declaredApp('federation.yaml').synth()`;
  const app = `${join(root, 'node_modules/.bin/tsx')} --eval "${line}"`;
  const args = ['synth', '--check-upgrade', 'false', '--app', app, '--output', output];
  execFileSync(join(root, 'node_modules/.bin/cdk8s'), args, { cwd: folder, stdio: 'pipe' });
  expect(readdirSync(output).sort()).toEqual(['fate-30000.k8s.yaml', 'fate-40000.k8s.yaml', 'fate-exchange.k8s.yaml']);
  expect(readFileSync(join(output, 'fate-exchange.k8s.yaml'), 'utf8')).toContain('30000.example.com');
});
