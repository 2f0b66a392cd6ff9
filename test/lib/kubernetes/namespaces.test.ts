import { expect, test } from 'vitest';
import { cliConfig, exchangePlan, kubeFatePlan, partyPlan } from '../../../lib';
import { type WorkloadDomainProps, workloadDomainPlan } from '../../../lib/tanzu/workload-domain';
import { problemsOf } from '../../support/declarations';
import { existingDomain } from '../../support/workload-domains';
import { plan as clusterPlan } from '../tanzu/cluster/declarations';

const host = 'kubefate.example.com';
const domain = 'example.com';
const workloadDomain = (more: object) => workloadDomainPlan({ ...existingDomain, ...more } as WorkloadDomainProps);

/** Wherever a namespace is named, by the path of its problem. */
const namings: readonly [path: string, name: (namespace: string) => unknown][] = [
  ['namespace', (namespace) => partyPlan({ domain, id: 1, namespace })],
  ['namespace', (namespace) => exchangePlan({ domain, namespace })],
  ['namespace', (namespace) => kubeFatePlan({ host, parties: ['fate-30000'], namespace })],
  ['parties[0]', (namespace) => kubeFatePlan({ host, parties: [namespace] })],
  ['exchange', (exchange) => kubeFatePlan({ host, exchange })],
  ['namespace', (namespace) => cliConfig({ host, namespace })],
  ['namespace', (namespace) => clusterPlan({ namespace })],
  ['namespace', (namespace) => workloadDomain({ namespace })],
  ['namespace.create.name', (name) => workloadDomain({ namespace: { create: { name } } })],
  ['supervisor.ofNamespace', (ofNamespace) => workloadDomain({ supervisor: { ofNamespace, endpoint: '192.0.2.1' } })],
];

test.each(['kube-system', 'kube-public', 'kube-node-lease', 'vmware-system-csi', 'tkg-system'])(
  "%s is the platform's, and refused wherever a namespace is named",
  (namespace) => {
    for (const [path, name] of namings) {
      expect(problemsOf(() => name(namespace))).toMatchObject([
        { path, what: `"${namespace}" is one of the platform's own` },
      ]);
    }
  },
);

test('a namespace gives its chart a name, which `constructor` cannot be', () => {
  for (const [path, name] of namings)
    expect(problemsOf(() => name('constructor'))).toMatchObject([
      { path, what: '"constructor" can name no chart of cdk8s' },
    ]);
});

test.each(['fate-1', 'kubefate', 'vmware', 'tkg'])('%s may be named', (namespace) => {
  for (const [, name] of namings) expect(() => name(namespace)).not.toThrow();
});
