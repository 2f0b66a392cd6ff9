import type { CronJob } from 'kubernetes-types/batch/v1';
import { expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { clusterFile, exchangeDescriptor, exchangePlan, type PartyPlan, partyPlan } from '../../../lib';
import { firewallRules } from '../../../lib/reports/firewall';
import { problemsOf } from '../../support/declarations';
import { containerOf, containersOf, environmentOf, find, objectsOf, podOf, workloadsOf } from '../../support/objects';

const url = 'http://proxy.example.com:3128';
const bucket = (endpoint: string) => ({ to: { bucket: 'fate-backups', endpoint } });
const party = (more: object = {}) => partyPlan({ domain: 'example.com', id: 30000, ...more });
const exchange = exchangeDescriptor(
  exchangePlan({ domain: 'example.com', addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } }),
);
const draw = (plan: PartyPlan) => objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
const spellings = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

test('just what calls servers outside by HTTP knows of the proxy: the notebook, and what reaches for the bucket', () => {
  const objects = draw(
    party({ exchange, proxy: { url }, backup: bucket('https://s3.example.org'), retention: {}, monitoring: {} }),
  );
  const jobs = objects.filter(({ kind }) => kind === 'CronJob') as CronJob[];
  const running = [...workloadsOf(objects), ...jobs].flatMap((it) => containersOf(podOf(it)));
  const knowing = running.filter((it) => spellings.some((name) => name in environmentOf(it)));
  expect(knowing.map(({ name }) => name).sort()).toEqual(['client', 'fetch', 'store']);
  for (const container of knowing)
    expect(Object.keys(environmentOf(container))).toEqual(expect.arrayContaining(spellings));
  expect(running.length).toBeGreaterThan(10);
});

test('nothing of the federation or in the cluster goes by it', () => {
  const plan = party({
    exchange,
    proxy: { url, noProxy: ['.example.org', '10.0.0.0/8'] },
    addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' },
  });
  const direct = environmentOf(containerOf(draw(plan), 'client'))['NO_PROXY']?.split(',');
  expect(direct).toEqual(
    expect.arrayContaining([
      ...['localhost', '.svc', 'fateflow', 'nginx', 'nginx-internal', 'pulsar', 'mysql', 'namenode', 'spark-master'],
      ...['192.0.2.72', '192.0.2.73', '192.0.2.68', '192.0.2.69', '30000.example.com', '.example.org', '10.0.0.0/8'],
    ]),
  );
});

test.each<[string, string, readonly string[], boolean]>([
  ['a bucket elsewhere', 'https://s3.example.org', [], true],
  ['a bucket of a domain that is called directly', 'https://s3.example.org', ['.example.org'], false],
  ['a bucket that is named so', 'https://s3.example.org', ['s3.example.org'], false],
  ['one whose name only ends alike', 'https://s3.notexample.org', ['example.org'], true],
  ['a bucket at an address', 'https://203.0.113.9', [], true],
  ['a bucket in a network that is called directly', 'https://203.0.113.9', ['203.0.113.0/24'], false],
  ['a bucket in the cluster', 'https://minio.storage.svc', [], false],
])(
  '%s is reached by it or not, in policies and in the sheet of the firewall alike',
  (_, endpoint, noProxy, isProxied) => {
    const plan = party({ proxy: { url, noProxy }, backup: bucket(endpoint) });
    const rules = firewallRules([plan]).filter(({ purpose }) => purpose.includes('backups'));
    const hosts = rules.map(({ destination: { who }, port }) => [who, port]);
    expect(hosts).toContainEqual(['HTTP proxy', 3128]);
    const isInCluster = endpoint.endsWith('.svc');
    expect(hosts.some(([who]) => who === 'store of backups')).toBe(!isProxied && !isInCluster);
    const policy = find(draw(plan), 'NetworkPolicy', 'backup');
    const ports = JSON.stringify(policy.spec.egress);
    expect({ byProxy: ports.includes('3128'), directly: ports.includes('443') }).toEqual({
      byProxy: isProxied,
      directly: !isProxied,
    });
  },
);

test('the notebook gets out by the proxy, and without one by nothing', () => {
  const egress = (plan: PartyPlan) => JSON.stringify(find(draw(plan), 'NetworkPolicy', 'client').spec.egress);
  expect(egress(party({ proxy: { url } }))).toContain('3128');
  expect(egress(party())).not.toContain('3128');
});

test.each<[string, unknown, readonly string[]]>([
  ['a text', url, ['proxy', 'proxy.url']],
  ['no URL', { url: 'proxy.example.com:3128' }, ['proxy.url']],
  ['a path', { url: `${url}/pac` }, ['proxy.url']],
  ['a list of one text', { url, noProxy: ['.a,.b'] }, ['proxy.noProxy[0]']],
  ['everything', { url, noProxy: ['*', '10.0.0.1/8'] }, ['proxy.noProxy[0]', 'proxy.noProxy[1]']],
  ['another word', { url, no: [] }, ['proxy.no']],
])('%s is refused where it stands', (_, proxy, paths) => {
  expect(problemsOf(() => party({ proxy })).map(({ path }) => path)).toEqual(paths);
});

test('a password is refused, and not said again', () => {
  const problems = problemsOf(() => party({ proxy: { url: 'http://user:hunter2@proxy.example.com:3128' } }));
  expect(problems).toMatchObject([{ path: 'proxy.url', what: 'has a user' }]);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

test('KubeFATE gives the notebook none of it, and says so', () => {
  const plan = party({ proxy: { url }, driver: 'kubefate', transport: 'open' });
  expect(clusterFile(plan).limits).toContainEqual(expect.objectContaining({ path: 'proxy', fatal: false }));
});
