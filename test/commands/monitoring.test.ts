import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { toolInFolder } from '../support/command-line';

const { run, path } = toolInFolder();
const plain = 'monitoring: { operator: false, namespace: tanzu-system-monitoring }';
const addresses = 'addresses: { trafficServer: 192.0.2.68, nginx: 192.0.2.69 }';
const parties = [30000, 40000].map((id) => `  - { id: ${id}, ${plain} }\n`).join('');
beforeAll(() =>
  writeFileSync(
    path('monitored.yaml'),
    `domain: example.com\nexchange: { ${addresses}, ${plain} }\nparties:\n${parties}`,
  ),
);

test('what a Prometheus and a Grafana read is written to a folder, and again in the place of it', () => {
  for (const _ of [1, 2]) {
    const { status, stdout, stderr } = run('monitoring', 'monitored.yaml', '--out', 'files');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const files = ['scrape.yaml', 'rules.yaml', 'fate-exchange.json', 'fate-30000.json', 'fate-40000.json'];
    expect(stdout).toBe(files.map((file) => `files/${file}\n`).join(''));
    expect(readdirSync(path('files')).sort()).toEqual([...files].sort());
  }
  const json = JSON.parse(run('monitoring', 'monitored.yaml', '--json').stdout);
  expect(parse(readFileSync(path('files', 'scrape.yaml'), 'utf8'))).toEqual(json.scrape);
  expect(parse(readFileSync(path('files', 'rules.yaml'), 'utf8'))).toEqual(json.rules);
  for (const [namespace, dashboard] of Object.entries(json.dashboards))
    expect(JSON.parse(readFileSync(path('files', `${namespace}.json`), 'utf8'))).toEqual(dashboard);
});

test('of members that are named alone', () => {
  const { scrape } = JSON.parse(run('monitoring', 'monitored.yaml', '--party', '40000', '--json').stdout);
  const namespaces = scrape.scrape_configs.map(({ job_name }: { job_name: string }) => job_name.split('/')[0]);
  expect([...new Set(namespaces)]).toEqual(['fate-40000']);
});

test('a member that tells no metrics has no files: none is declared, or KubeFATE makes it', () => {
  writeFileSync(
    path('by-kubefate.yaml'),
    `domain: example.com\ntransport: open\nexchange: { ${addresses} }\nparties: [{ id: 7, driver: kubefate, monitoring: {} }]\n`,
  );
  for (const file of ['federation.yaml', 'by-kubefate.yaml']) {
    const { status, stdout, stderr } = run('monitoring', file, '--out', 'none');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`${file}: no member declares monitoring, so nothing tells metrics`);
  }
  expect(() => readdirSync(path('none'))).toThrow('ENOENT');
});
