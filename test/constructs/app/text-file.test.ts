import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App as Cdk8sApp, Chart, YamlOutputType } from 'cdk8s';
import { expect, test } from 'vitest';
import { App, TextFile } from '../../../constructs';

const outdir = () => join(mkdtempSync(join(tmpdir(), 'text-file-')), 'manifests');
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

test.each([
  ['a file for each chart', YamlOutputType.FILE_PER_CHART, ['chart.k8s.yaml']],
  ['a folder for each chart', YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE, ['chart/ConfigMap.a.k8s.yaml']],
  ['one file for all', YamlOutputType.FILE_PER_APP, ['app.k8s.yaml']],
])('with %s the app writes text files beside the manifests', (_, yamlOutputType, manifests) => {
  const app = new App({ outdir: outdir(), yamlOutputType });
  const chart = new Chart(app, 'chart');
  new ApiObject(chart, 'object', object);
  new TextFile(app, 'first', { path: 'first.yaml', content: 'a: "ä"\n' });
  new TextFile(chart, 'second', { path: 'notes/second.txt', content: 'hello' });
  app.synth();
  const written = readdirSync(app.outdir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(app.outdir.length + 1));
  expect(written.sort()).toEqual([...manifests, 'first.yaml', 'notes/second.txt'].sort());
  expect(readFileSync(join(app.outdir, 'first.yaml'), 'utf8')).toBe('a: "ä"\n');
});

test.each([
  ['two text files', (app: App) => new TextFile(app, 'again', { path: 'first.yaml', content: '' })],
  ['a text file and a chart', (app: App) => new ApiObject(new Chart(app, 'first', {}), 'object', object)],
])('%s of one name are an error, and nothing is written', (_, add) => {
  const app = new App({ outdir: outdir(), outputFileExtension: '.yaml' });
  new TextFile(app, 'text', { path: 'first.yaml', content: '' });
  add(app);
  expect(() => app.synth()).toThrow(/would both be written to first.yaml/);
  expect(existsSync(app.outdir)).toBe(false);
});

test('where only manifests are asked for, a text file is not left out without a word', () => {
  const app = new App({ outdir: outdir() });
  const chart = new Chart(app, 'chart');
  new ApiObject(chart, 'object', object);
  expect(app.synthYaml()).toContain('ConfigMap');
  new TextFile(chart, 'text', { path: 'first.yaml', content: '' });
  expect(() => app.synthYaml()).toThrow('chart/text: first.yaml is no manifest');
});

test('an app that would leave the file out says so', () => {
  const app = new Cdk8sApp({ outdir: outdir() });
  new TextFile(new Chart(app, 'chart'), 'text', { path: 'first.yaml', content: '' });
  expect(() => app.synth()).toThrow(/\[chart\/text\] first.yaml is written by the App of kubefate-tanzu only/);
});
