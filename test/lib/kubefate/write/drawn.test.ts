import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Exchange, FederatedLearningCluster } from '../../../../constructs';
import { type ClusterFile, clusterFile, exchangeFile, exchangePlan, partyPlan } from '../../../../lib';
import { exchangeDescriptorOf } from '../../../support/declarations';
import { type AnyObject, objectsOf } from '../../../support/objects';
import { partyDescriptorOf } from '../../../support/parties';

const registry = 'harbor.example.com/fate';
const party = partyPlan({
  domain: 'example.com',
  transport: 'open',
  id: 30000,
  kubernetes: '1.21',
  registry,
  exchange: exchangeDescriptorOf({ transport: 'open' }),
});
const exchange = exchangePlan({
  domain: 'example.com',
  transport: 'open',
  kubernetes: '1.21',
  parties: [partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73', { transport: 'open' })],
});

/** In every pod or workload of the native objects; what of it the chart has, and under which limit the rest is named. */
const ofPods: Readonly<Record<string, string>> = {
  'workload replicas': 'chart',
  'workload selector': 'chart',
  'workload template': 'chart',
  'pod containers': 'chart',
  'pod initContainers': 'chart',
  'pod imagePullSecrets': 'chart',
  'pod volumes': 'chart',
  'pod affinity': 'chart',
  'pod automountServiceAccountToken': 'service account tokens, service links',
  'pod enableServiceLinks': 'service account tokens, service links',
  'pod terminationGracePeriodSeconds': 'preStop, terminationGracePeriodSeconds',
  'pod checksum': 'checksums of configuration',
  'container command': 'chart',
  'container env': 'chart',
  'container image': 'chart',
  'container name': 'chart',
  'container ports': 'chart',
  'container volumeMounts': 'chart',
  'container lifecycle': 'preStop, terminationGracePeriodSeconds',
  // The rest of what the image's own nginx.conf has, too.
  'nginx client_max_body_size': 'client_max_body_size',
};

const ofParty: Readonly<Record<string, string>> = {
  ...ofPods,
  'workload strategy': 'probes, StatefulSets, security contexts',
  'workload podManagementPolicy': 'probes, StatefulSets, security contexts',
  'workload serviceName': 'probes, StatefulSets, security contexts',
  'workload volumeClaimTemplates': 'volumeClaimTemplates',
  'pod topologySpreadConstraints': 'probes, StatefulSets, security contexts',
  'container livenessProbe': 'probes, StatefulSets, security contexts',
  'container readinessProbe': 'probes, StatefulSets, security contexts',
  'container startupProbe': 'probes, StatefulSets, security contexts',
  'container securityContext': 'probes, StatefulSets, security contexts',
  'container resources': 'sizing.containers',
  'container args': 'mysql',
  'secret mysql': 'Secret mysql',
  'secret fateboard': 'Secret fateboard',
  'secret notebook': 'Secret notebook',
  'secret pulsar-cert': 'chart',
  'image busybox': 'registry',
};

const ofExchange: Readonly<Record<string, string>> = {
  ...ofPods,
  'workload strategy': 'probes, disruption budgets, spreading',
  'pod topologySpreadConstraints': 'probes, disruption budgets, spreading',
  'container livenessProbe': 'probes, disruption budgets, spreading',
  'container readinessProbe': 'probes, disruption budgets, spreading',
  'container startupProbe': 'probes, disruption budgets, spreading',
  'container securityContext': 'probes, disruption budgets, spreading',
  'container resources': 'resources',
  'secret traffic-server-cert': 'chart',
  PodDisruptionBudget: 'probes, disruption budgets, spreading',
};

/** What native objects have, by the words of the tables above. */
function drawn(objects: readonly AnyObject[]): readonly string[] {
  const things = objects.flatMap(({ kind, spec, data }): string[] => {
    if (kind === 'ConfigMap') return nginxDirectives(data['nginx.conf'] ?? '');
    if (kind === 'PodDisruptionBudget') return [kind];
    if (spec?.template === undefined) return [];
    const { metadata, spec: pod } = spec.template;
    const containers = [...pod.containers, ...(pod.initContainers ?? [])];
    return [
      ...Object.keys(spec).map((key) => `workload ${key}`),
      ...Object.keys(metadata.annotations ?? {}).map((key) => `pod ${key.replace(/\/.*/, '')}`),
      ...Object.keys(pod).map((key) => `pod ${key}`),
      ...containers.flatMap((each) => Object.keys(each).map((key) => `container ${key}`)),
      ...secretsOf(JSON.stringify(pod)).map((name) => `secret ${name}`),
    ];
  });
  return [...new Set(things)].sort();
}

const nginxDirectives = (text: string) => (text.includes('client_max_body_size') ? ['nginx client_max_body_size'] : []);

const secretsOf = (pod: string): string[] =>
  [...pod.matchAll(/"(?:secretKeyRef":\{"name|secretName)":"([^"]+)"/g)].map(([, name]) => `${name}`);

describe.each<[string, readonly AnyObject[], ClusterFile, Readonly<Record<string, string>>]>([
  ['a party', objectsOf((app) => new FederatedLearningCluster(app, 'party', party)), clusterFile(party), ofParty],
  ['an exchange', objectsOf((app) => new Exchange(app, 'exchange', exchange)), exchangeFile(exchange), ofExchange],
])('whatever is drawn natively of %s', (_, objects, file, table) => {
  test('is in the chart too, or a limit names it', () => {
    expect(drawn(objects).filter((thing) => table[thing] === undefined)).toEqual([]);
    const limits = new Set(['chart', ...file.limits.map(({ path }) => path)]);
    expect(Object.entries(table).filter(([, limit]) => !limits.has(limit))).toEqual([]);
  });
});

/** What KubeFATE does beside the chart. */
test('what happens to a release in its life is named', () => {
  const text = (file: ClusterFile) =>
    parse(JSON.stringify(file.limits.map((each) => Object.values(each).join(' ')))).join('\n');
  expect(text(clusterFile(party))).toMatch(/deleting the cluster.*delete all data/);
  for (const file of [clusterFile(party), exchangeFile(exchange)]) expect(text(file)).toMatch(/rolled back too far/);
  expect(text(clusterFile(party))).toMatch(/ledger.*restart the Deployment python/);
});

test("the namenode's busybox is named where images come from another registry, and only there", () => {
  const paths = (props: object) =>
    clusterFile(
      partyPlan({ domain: 'example.com', transport: 'open', id: 30000, kubernetes: '1.21', ...props }),
    ).limits.map(({ path }) => path);
  expect(paths({ registry })).toContain('registry');
  expect(paths({})).not.toContain('registry');
});
