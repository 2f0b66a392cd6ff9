import type { NetworkPolicySpec } from 'kubernetes-types/networking/v1';
import { describe, expect, test } from 'vitest';
import { isReachable, type TestConnection, type TestPod } from './reachability';

const pod = (namespace: string, labels: Readonly<Record<string, string>>): TestPod => ({
  name: JSON.stringify(labels),
  namespace,
  labels,
  ports: { serve: 80 },
});

const database = pod('default', { role: 'db' });
const frontend = pod('default', { role: 'frontend' });
const other = pod('default', { role: 'other' });
const ofProject = pod('mine', { role: 'other' });
const frontendElsewhere = pod('elsewhere', { role: 'frontend' });

const namespaces = new Map<string, Readonly<Record<string, string>>>([
  ['default', { 'kubernetes.io/metadata.name': 'default' }],
  ['mine', { project: 'myproject' }],
  ['elsewhere', {}],
]);

const reaches = (spec: NetworkPolicySpec, connection: TestConnection, ...more: readonly NetworkPolicySpec[]): boolean =>
  isReachable(
    {
      namespaces,
      policies: [spec, ...more].map((each, i) => ({ metadata: { name: `${i}`, namespace: 'default' }, spec: each })),
    },
    connection,
  );

describe("the example of Kubernetes' own page on network policies", () => {
  const example: NetworkPolicySpec = {
    podSelector: { matchLabels: { role: 'db' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [
          { ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } },
          { namespaceSelector: { matchLabels: { project: 'myproject' } } },
          { podSelector: { matchLabels: { role: 'frontend' } } },
        ],
        ports: [{ protocol: 'TCP', port: 6379 }],
      },
    ],
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ protocol: 'TCP', port: 5978 }] }],
  };

  test.each<[name: string, TestConnection, boolean]>([
    ['a frontend of the namespace', { from: frontend, to: database, port: 6379 }, true],
    ['on another port', { from: frontend, to: database, port: 6380 }, false],
    ['by another protocol', { from: frontend, to: database, port: 6379, protocol: 'UDP' }, false],
    ['another pod of the namespace', { from: other, to: database, port: 6379 }, false],
    ['any pod of the project', { from: ofProject, to: database, port: 6379 }, true],
    ['a frontend of another namespace', { from: frontendElsewhere, to: database, port: 6379 }, false],
    ['an address of the range', { from: '172.17.0.200', to: database, port: 6379 }, true],
    ['one of those left out', { from: '172.17.1.200', to: database, port: 6379 }, false],
    ['one outside of it', { from: '172.18.0.1', to: database, port: 6379 }, false],
    ['out to the range', { from: database, to: '10.0.0.7', port: 5978 }, true],
    ['out to another address', { from: database, to: '10.0.1.7', port: 5978 }, false],
    ['out to a pod', { from: database, to: frontend, port: 5978 }, false],
    ['those whom no policy selects', { from: other, to: frontend, port: 1 }, true],
    ['a pod itself', { from: database, to: database, port: 1 }, true],
  ])('%s', (_, connection, expected) => {
    expect(reaches(example, connection)).toBe(expected);
  });
});

describe('its rules', () => {
  const from = (
    ...peers: NonNullable<NonNullable<NetworkPolicySpec['ingress']>[number]['from']>
  ): NetworkPolicySpec => ({
    podSelector: { matchLabels: { role: 'db' } },
    ingress: [{ from: peers }],
  });
  const inProject = { namespaceSelector: { matchLabels: { project: 'myproject' } } };
  const isFrontend = { podSelector: { matchLabels: { role: 'frontend' } } };
  const denial: NetworkPolicySpec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
  const call = { from: frontend, to: database, port: 80 };

  test('two selectors of one peer hold together, and two peers each for itself', () => {
    const both = from({ ...inProject, ...isFrontend });
    const either = from(inProject, isFrontend);
    const callers = [frontend, ofProject, pod('mine', { role: 'frontend' }), frontendElsewhere];
    expect(callers.map((it) => reaches(both, { ...call, from: it }))).toEqual([false, false, true, false]);
    expect(callers.map((it) => reaches(either, { ...call, from: it }))).toEqual([true, true, true, false]);
  });

  test('a selector of pods alone is for those of the own namespace, and an empty one of namespaces for all', () => {
    expect(reaches(from(isFrontend), { ...call, from: frontendElsewhere })).toBe(false);
    expect(reaches(from({ namespaceSelector: {}, ...isFrontend }), { ...call, from: frontendElsewhere })).toBe(true);
  });

  test('policies add to one another, and none takes away', () => {
    const open = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
    expect(reaches(denial, call)).toBe(false);
    expect(reaches(denial, call, open)).toBe(true);
  });

  test('both ends have to agree', () => {
    const out = {
      podSelector: isFrontend.podSelector,
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: {} }] }],
    };
    expect(reaches(denial, call, from(isFrontend))).toBe(false);
    expect(reaches(denial, call, out)).toBe(false);
    expect(reaches(denial, call, from(isFrontend), out)).toBe(true);
  });

  test('without types it is for what comes in, and with a rule for what goes out for that, too', () => {
    const away = { from: database, to: '192.0.2.1', port: 443 };
    expect(reaches(from(), away)).toBe(true);
    expect(reaches({ ...from(), egress: [] }, away)).toBe(false);
    expect(reaches({ podSelector: {}, policyTypes: ['Egress'] }, { ...call, from: '192.0.2.1' })).toBe(true);
  });

  test('no rule is for nobody, and an empty one for everybody', () => {
    expect(reaches({ podSelector: {}, policyTypes: ['Ingress'], ingress: [] }, call)).toBe(false);
    expect(reaches({ podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] }, call)).toBe(true);
    expect(reaches({ podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [], ports: [] }] }, call)).toBe(true);
  });

  test('a port has a number, a range, a name or none', () => {
    const onPort = (port: object): NetworkPolicySpec => ({ podSelector: {}, ingress: [{ ports: [port] }] });
    const at = (spec: NetworkPolicySpec) => [79, 80, 81].map((port) => reaches(spec, { ...call, port }));
    expect(at(onPort({ port: 80 }))).toEqual([false, true, false]);
    expect(at(onPort({ port: 80, endPort: 81 }))).toEqual([false, true, true]);
    expect(at(onPort({ port: 'serve' }))).toEqual([false, true, false]);
    expect(at(onPort({ protocol: 'TCP' }))).toEqual([true, true, true]);
    expect(at(onPort({ protocol: 'UDP' }))).toEqual([false, false, false]);
  });

  test('what is said of a label holds of one that is missing where it says so', () => {
    const selects = (operator: string, values?: string[]) =>
      [database, pod('default', {})].map(
        (to) => !reaches({ podSelector: { matchExpressions: [{ key: 'role', operator, values }] } }, { ...call, to }),
      );
    expect(selects('In', ['db', 'web'])).toEqual([true, false]);
    expect(selects('NotIn', ['db'])).toEqual([false, true]);
    expect(selects('Exists')).toEqual([true, false]);
    expect(selects('DoesNotExist')).toEqual([false, true]);
  });
});
