import { describe, expect, test } from 'vitest';
import { Exchange } from '../../../constructs';
import { type AgreementProps, type ExchangeProps, exchangePlan, type PartyDescriptor, secrets } from '../../../lib';
import { containersOf, find, objectsOf, podOf, workloadsOf } from '../../support/objects';
import { partyDescriptorOf } from '../../support/parties';

type Props = Partial<AgreementProps & ExchangeProps & { parties: readonly PartyDescriptor[] }>;

const exchange = (props: Props = {}) =>
  objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ domain: 'example.com', ...props })));

const parties = [30000, 40000, 9999].map((id, i) =>
  partyDescriptorOf(id, `192.0.2.${2 * i + 1}`, `192.0.2.${2 * i + 2}`),
);

const text = (objects: ReturnType<typeof exchange>) =>
  new Map(objects.map((object) => [`${object.kind} ${object.metadata.name}`, JSON.stringify(object)]));
const changed = (before: ReturnType<typeof exchange>, after: ReturnType<typeof exchange>) => {
  const [old, current] = [text(before), text(after)];
  return [...new Set([...old.keys(), ...current.keys()])].filter((name) => old.get(name) !== current.get(name));
};

test('an exchange is one namespace, drawn first, and everything else is in it', () => {
  const [first, ...rest] = exchange({ parties });
  expect(first).toMatchObject({ kind: 'Namespace', metadata: { name: 'fate-exchange' } });
  expect(new Set(rest.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['fate-exchange']));
});

test.each([0, 1, 3])('an exchange of %i parties has the same objects', (count) => {
  const names = exchange({ parties: parties.slice(0, count) }).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(names.sort()).toEqual([
    'ConfigMap nginx-config',
    'ConfigMap nginx-route-table',
    'ConfigMap traffic-server-config',
    'ConfigMap traffic-server-sni',
    'Deployment nginx',
    'Deployment traffic-server',
    'Namespace fate-exchange',
    'NetworkPolicy default-deny',
    'NetworkPolicy nginx',
    'NetworkPolicy traffic-server',
    'PodDisruptionBudget nginx',
    'PodDisruptionBudget traffic-server',
    'Service nginx',
    'Service traffic-server',
  ]);
});

describe('routes are hot', () => {
  const tables = ['ConfigMap traffic-server-sni', 'ConfigMap nginx-route-table'];
  const policies = ['NetworkPolicy traffic-server', 'NetworkPolicy nginx'];

  test.each([
    ['the first party', [], parties.slice(0, 1)],
    ['another party', parties.slice(0, 2), parties],
    ['a party that leaves', parties, parties.slice(1)],
    ['a party that moves', parties.slice(0, 1), [partyDescriptorOf(30000, '198.51.100.1', '198.51.100.2')]],
  ])('%s changes the two tables and whom two policies let through, and nothing else', (_, before, after) => {
    expect(changed(exchange({ parties: before }), exchange({ parties: after }))).toEqual([...tables, ...policies]);
  });

  test('the order in which parties are named changes nothing', () => {
    expect(changed(exchange({ parties }), exchange({ parties: [...parties].reverse() }))).toEqual([]);
  });
});

test('a change of what a server reads only at its start gives its pods a new revision, and only those', () => {
  const rows = changed(exchange(), exchange({ connectPorts: [6651] }));
  expect(rows).toEqual(['ConfigMap traffic-server-config', 'Deployment traffic-server']);
});

test('the outside reaches TLS of Traffic Server and coordination of nginx, and nothing else', () => {
  const services = exchange({ parties }).filter(({ kind }) => kind === 'Service');
  expect(services.map(({ metadata, spec }) => [metadata.name, spec.type, spec.ports])).toEqual([
    ['traffic-server', 'LoadBalancer', [{ name: 'tls', port: 443, targetPort: 443 }]],
    ['nginx', 'LoadBalancer', [{ name: 'http', port: 9300, targetPort: 9300 }]],
  ]);
});

test('a reserved address is requested, an assigned one is not', () => {
  const objects = exchange({ addresses: { trafficServer: { reserved: '192.0.2.68' }, nginx: '192.0.2.69' } });
  expect(find(objects, 'Service', 'traffic-server').spec.loadBalancerIP).toBe('192.0.2.68');
  expect(find(objects, 'Service', 'nginx').spec).not.toHaveProperty('loadBalancerIP');
});

test('Services, disruption budgets and spread select exactly the pods of their Deployment', () => {
  const objects = exchange();
  for (const name of ['traffic-server', 'nginx']) {
    const { spec } = find(objects, 'Deployment', name);
    const labels = { 'app.kubernetes.io/name': name };
    expect(spec.template.metadata.labels).toEqual(labels);
    expect(spec.selector.matchLabels).toEqual(labels);
    expect(find(objects, 'Service', name).spec.selector).toEqual(labels);
    expect(find(objects, 'PodDisruptionBudget', name).spec.selector.matchLabels).toEqual(labels);
    expect(spec.template.spec.topologySpreadConstraints[0].labelSelector.matchLabels).toEqual(labels);
  }
});

test('an update takes no pod away before its successor serves, on one node too', () => {
  for (const { spec } of exchange().filter(({ kind }) => kind === 'Deployment')) {
    expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    expect(spec.template.spec.topologySpreadConstraints).toMatchObject([
      { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
    ]);
  }
});

test.each([1, 2, 5])('with %i replicas a node can be drained', (replicas) => {
  const objects = exchange({ replicas });
  expect(workloadsOf(objects).map(({ spec }) => spec?.replicas)).toEqual([replicas, replicas]);
  for (const { spec } of objects.filter(({ kind }) => kind === 'PodDisruptionBudget')) {
    expect(spec.maxUnavailable).toBe(1);
    expect(spec).not.toHaveProperty('minAvailable');
  }
});

test.each([
  ['1.20', 'policy/v1beta1'],
  ['1.21', 'policy/v1'],
  ['v1.27.5+vmware.1', 'policy/v1'],
])('Kubernetes %s has disruption budgets in %s', (kubernetes, apiVersion) => {
  const budgets = exchange({ kubernetes }).filter(({ kind }) => kind === 'PodDisruptionBudget');
  expect(budgets.map((it) => it.apiVersion)).toEqual([apiVersion, apiVersion]);
});

test('Pod Security level baseline admits every container, which has a probe of each kind, requests and limits', () => {
  const resources = {
    requests: { cpu: 1, memoryGiB: 2 },
    limits: { cpu: 2, memoryGiB: 3 },
  };
  for (const workload of workloadsOf(exchange({ resources: { trafficServer: resources, nginx: resources } }))) {
    const pod = podOf(workload);
    expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC).toBeUndefined();
    for (const container of containersOf(pod)) {
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.startupProbe && container.readinessProbe && container.livenessProbe).toBeDefined();
      expect(container.resources).toEqual({
        requests: { cpu: '1', memory: '2Gi' },
        limits: { cpu: '2', memory: '3Gi' },
      });
      expect(container).not.toHaveProperty('imagePullPolicy');
    }
  }
});

test('every mounted volume is there, and every volume is mounted', () => {
  for (const pod of workloadsOf(exchange()).map(podOf)) {
    const mounted = containersOf(pod).flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
    expect(new Set(mounted)).toEqual(new Set(pod.volumes?.map(({ name }) => name)));
  }
});

test('the certificate is the one Secret that is read, by Traffic Server, and by nginx where it has to prove something', () => {
  const readers = (props?: Props) =>
    workloadsOf(exchange(props)).flatMap((it) =>
      (podOf(it).volumes ?? []).flatMap(({ secret }) => (secret ? [[it.metadata?.name, secret.secretName]] : [])),
    );
  const { name } = secrets.trafficServerCertificate;
  expect(readers({ transport: 'open' })).toEqual([['traffic-server', name]]);
  expect(readers()).toEqual([
    ['traffic-server', name],
    ['nginx', name],
  ]);
});

test('images come from the release, from a mirror, or from where the operator says', () => {
  const images = (props?: Props) =>
    workloadsOf(exchange(props)).flatMap((it) => podOf(it).containers.map((c) => c.image));
  expect(images()).toEqual(['federatedai/trafficserver:latest', 'federatedai/nginx:1.6.1-release']);
  expect(images({ registry: 'harbor.example.com/fate', images: { nginx: 'example.com/n:1' } })).toEqual([
    'harbor.example.com/fate/trafficserver:latest',
    'example.com/n:1',
  ]);
});

test('pull Secrets reach every pod', () => {
  const pods = workloadsOf(exchange({ imagePullSecrets: ['harbor'] })).map(podOf);
  expect(pods.map((pod) => pod.imagePullSecrets)).toEqual([[{ name: 'harbor' }], [{ name: 'harbor' }]]);
});
