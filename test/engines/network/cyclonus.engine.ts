import fc from 'fast-check';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from 'kubernetes-types/networking/v1';
import { describe, expect, test } from 'vitest';
import { examples, filesOfExample, objectsIn } from '../../support/examples';
import {
  clusterOf,
  isReachable,
  podsOf,
  type TestCluster,
  type TestConnection,
  type TestEnd,
  type TestPod,
} from '../../support/reachability';
import { refusal, titled } from '../support/engines';
import { askCyclonus } from './cyclonus';

const refused = refusal('kube-router');

type Port = Pick<TestConnection, 'port' | 'protocol'>;

/** All of one end to another one, on each of these ports. */
const connectionsOf = (ends: readonly TestEnd[], ports: readonly Port[]): readonly TestConnection[] =>
  ends.flatMap((from) =>
    ends.filter((to) => to !== from).flatMap((to) => ports.map((port) => ({ from, to, ...port }))),
  );

const tcp = (port: number): Port => ({ port, protocol: 'TCP' });
const udp = (port: number): Port => ({ port, protocol: 'UDP' });

/** Connections of which the evaluator of the tests says something else. */
async function differences(cluster: TestCluster, connections: readonly TestConnection[]): Promise<readonly string[]> {
  const said = await askCyclonus(cluster, connections);
  expect(said).toHaveLength(connections.length);
  return connections
    .filter((connection, i) => isReachable(cluster, connection) !== said[i])
    .map(({ from, to, port, protocol }) => `${nameOf(from)} -> ${nameOf(to)}:${port}/${protocol}`);
}

const nameOf = (end: TestEnd): string => (typeof end === 'string' ? end : `${end.namespace}/${end.name}`);

describe.skipIf(refused !== undefined)(titled('cyclonus, beside the evaluator of the tests', refused), () => {
  const others = ['kube-system', 'ingress-nginx', 'monitoring', 'elsewhere'];
  const around = others.flatMap((namespace): TestPod[] => [
    { name: 'resolver', namespace, labels: { 'k8s-app': 'kube-dns' } },
    { name: 'nginx', namespace, labels: { 'app.kubernetes.io/name': 'nginx' } },
  ]);
  /** What is at a key, anywhere below. */
  const valuesAt = (key: string, value: unknown): readonly unknown[] =>
    typeof value !== 'object' || value === null
      ? []
      : Object.entries(value).flatMap(([at, each]) => (at === key ? [each] : valuesAt(key, each)));

  test.each(examples)('they say the same of every pair of example %s, on every port', async (example) => {
    const objects = objectsIn(filesOfExample(example));
    const cluster = clusterOf(objects, others);
    const pods = podsOf(objects);
    const addresses = new Set(valuesAt('cidr', cluster.policies).map((it) => `${it}`.replace(/\/.*/, '')));
    const ports = new Set([
      ...pods.flatMap((pod) => Object.values(pod.ports ?? {})),
      ...valuesAt('port', cluster.policies).map(Number),
      40_000,
    ]);
    const connections = connectionsOf(
      [...pods, ...around, ...addresses, '203.0.113.9'],
      [...[...ports].map(tcp), udp(53)],
    );
    expect(new Set(connections.map((it) => isReachable(cluster, it))).size).toBe(2);
    expect(await differences(cluster, connections)).toEqual([]);
  });

  const labels = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'), { maxKeys: 2 });
  const key = fc.constantFrom('a', 'b');
  /** Not `NotIn`: cyclonus does not take it for true of a label that is missing, as Kubernetes does. */
  const condition = fc.oneof(
    fc.record({
      key,
      operator: fc.constant('In'),
      values: fc.uniqueArray(fc.constantFrom('1', '2'), { minLength: 1 }),
    }),
    fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  );
  const selector: fc.Arbitrary<LabelSelector> = fc.record(
    { matchLabels: labels, matchExpressions: fc.array(condition, { maxLength: 1 }) },
    { requiredKeys: [] },
  );
  const range = fc.constantFrom<NonNullable<NetworkPolicyPeer['ipBlock']>>(
    { cidr: '192.0.2.0/24' },
    { cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] },
    { cidr: '192.0.2.7/32' },
  );
  const peer: fc.Arbitrary<NetworkPolicyPeer> = fc.oneof(
    fc.record({ podSelector: selector }),
    fc.record({ namespaceSelector: selector }),
    fc.record({ podSelector: selector, namespaceSelector: selector }),
    fc.record({ ipBlock: range }),
  );
  const port = fc.record(
    { protocol: fc.constantFrom('TCP', 'UDP'), port: fc.constantFrom<number | string>(80, 'serve') },
    { requiredKeys: ['protocol'] },
  ) as fc.Arbitrary<NetworkPolicyPort>;
  const rulesTo = (side: 'from' | 'to') =>
    fc.array(
      fc.record(
        { [side]: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) },
        { requiredKeys: [] },
      ),
      { maxLength: 2 },
    );
  const spec: fc.Arbitrary<NetworkPolicySpec> = fc.record(
    {
      podSelector: selector,
      policyTypes: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }), // which an API server fills in
      ingress: rulesTo('from'),
      egress: rulesTo('to'),
    },
    { requiredKeys: ['podSelector', 'policyTypes'] },
  );
  const policies: fc.Arbitrary<NetworkPolicy[]> = fc.array(
    fc.record({ spec, metadata: fc.record({ namespace: fc.constantFrom('x', 'y') }) }),
    { maxLength: 4 },
  );

  test('they say the same of any policies', async () => {
    const some = [{}, { a: '1' }, { b: '2' }, { a: '2', b: '1' }] as readonly Readonly<Record<string, string>>[];
    const pods = ['x', 'y', 'z'].flatMap((namespace) =>
      some.map((own): TestPod => ({ name: JSON.stringify(own), namespace, labels: own, ports: { serve: 8080 } })),
    );
    const connections = connectionsOf(
      [...pods, '192.0.2.7', '192.0.2.200', '198.51.100.7'],
      [80, 8080].flatMap((port) => [tcp(port), udp(port)]),
    );
    await fc.assert(
      fc.asyncProperty(policies, labels, async (policies, ofY) => {
        const namespaces = new Map([
          ['x', { a: '1' }],
          ['y', ofY],
          ['z', {}],
        ]);
        expect(await differences({ policies, namespaces }, connections)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
