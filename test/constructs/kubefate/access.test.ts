import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { describe, expect, test } from 'vitest';
import { KubeFateService } from '../../../constructs';
import { type KubeFateProps, kubeFatePlan } from '../../../lib';
import { type AnyObject, find, objectsOf } from '../../support/objects';

const draw = (props: Partial<KubeFateProps> = {}) =>
  objectsOf(
    (app) =>
      new KubeFateService(
        app,
        'kube-fate',
        kubeFatePlan({ host: 'kubefate.example.com', parties: ['fate-30000'], exchange: 'fate-exchange', ...props }),
      ),
  );

/** One thing that may be done: where, to what, how, and to which one if not to any. */
const right = (where: string, group: string, resource: string, verb: string, name = 'any') =>
  `${where}: ${verb} ${resource}.${group || 'core'} ${name}`;

/** All that the service's account may do. */
function granted(objects: readonly AnyObject[]): string[] {
  const rights = objects
    .filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding')
    .filter(({ subjects }) => subjects.some(({ kind }: { kind: string }) => kind === 'ServiceAccount'))
    .flatMap(({ metadata: { namespace = 'cluster' }, roleRef }) => {
      const role = objects.find(
        ({ kind, metadata }) =>
          kind === roleRef.kind && metadata.name === roleRef.name && (metadata.namespace ?? 'cluster') === namespace,
      );
      return ((role?.rules ?? []) as PolicyRule[]).flatMap(({ apiGroups = [], resources = [], verbs, resourceNames }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            verbs.flatMap((verb) =>
              (resourceNames ?? ['any']).map((name) => right(namespace, group, resource, verb, name)),
            ),
          ),
        ),
      );
    });
  return [...new Set(rights)].sort();
}

const write = ['get', 'list', 'create', 'delete', 'update', 'patch'];
const read = ['get', 'list'];
type Needs = readonly (readonly [
  where: string,
  group: string,
  resources: string,
  verbs: readonly string[],
  name?: string,
])[];

/** What the service does, call by call. @see KubeFATE v1.6.1, `k8s-deploy/rbac-config.yaml` and `k8s-deploy/pkg/service` */
const flc = (where: string): Needs => [
  [where, '', 'configmaps services secrets persistentvolumeclaims', write],
  [where, '', 'pods pods/log', read],
  [where, 'apps', 'deployments statefulsets', write],
  [where, 'networking.k8s.io', 'ingresses', write],
];
const exchange: Needs = [
  ['fate-exchange', '', 'configmaps services secrets', write],
  ['fate-exchange', '', 'pods pods/log', read],
  ['fate-exchange', 'apps', 'deployments', write],
  ['fate-exchange', 'networking.k8s.io', 'ingresses', read],
];
const bindPolicy = (where: string): Needs => [
  [where, '', 'serviceaccounts', write],
  [where, 'rbac.authorization.k8s.io', 'roles rolebindings', write],
];
const policy = (name: string): Needs => [
  ['cluster', 'policy', 'podsecuritypolicies', ['create']],
  ['cluster', 'policy', 'podsecuritypolicies', ['get', 'update', 'patch', 'delete', 'use'], name],
];
const namespaces: Needs = [['cluster', '', 'namespaces', read]];
const nodes: Needs = [['cluster', '', 'nodes', ['list']]];
const jobs = (where: string): Needs => [[where, 'batch', 'jobs', write]];

const needed = (needs: Needs): string[] =>
  needs.flatMap(([where, group, resources, verbs, name]) =>
    resources.split(' ').flatMap((resource) => verbs.map((verb) => right(where, group, resource, verb, name))),
  );

describe.each<[string, Partial<KubeFateProps>, Needs]>([
  [
    '1.6.1 on a cluster with policies for pods',
    { kubernetes: '1.21' },
    [
      ...flc('fate-30000'),
      ...exchange,
      ...bindPolicy('fate-30000'),
      ...bindPolicy('fate-exchange'),
      ...policy('fate-30000'),
      ...policy('fate-exchange'),
      ...namespaces,
      ...nodes,
    ],
  ],
  [
    '1.8.0 on a cluster without policies',
    { release: '1.8.0', kubernetes: '1.25' },
    [...flc('fate-30000'), ...exchange, ...namespaces, ...nodes],
  ],
  [
    '1.11.2',
    { release: '1.11.2', kubernetes: '1.27' },
    [...flc('fate-30000'), ...jobs('fate-30000'), ...exchange, ...namespaces],
  ],
  ['an exchange alone', { parties: [], release: '1.8.0', kubernetes: '1.25' }, [...exchange, ...namespaces, ...nodes]],
  [
    'all namespaces, on request',
    { clusterWide: true, kubernetes: '1.21' },
    [
      ...flc('cluster'),
      ...bindPolicy('cluster'),
      ['cluster', 'policy', 'podsecuritypolicies', ['create', 'get', 'update', 'patch', 'delete', 'use']],
      ...namespaces,
      ...nodes,
    ],
  ],
])('the rights of %s', (_, props, needs) => {
  const rights = granted(draw(props));

  test('are enough for what the service does', () => {
    expect(needed(needs).filter((each) => !rights.includes(each))).toEqual([]);
  });

  test('are no wider', () => {
    expect(rights.filter((each) => !needed(needs).includes(each))).toEqual([]);
  });
});

test('no Secret outside the namespaces of parties and exchange can be read, unless that is asked for', () => {
  const where = (props: Partial<KubeFateProps>) => [
    ...new Set(
      granted(draw(props))
        .filter((each) => each.includes('secrets.core'))
        .map((each) => each.split(':')[0]),
    ),
  ];
  expect(where({})).toEqual(['fate-30000', 'fate-exchange']);
  expect(where({ clusterWide: true })).toEqual(['cluster']);
});

test('the rights are those of one account, which the service runs as and the database does not', () => {
  const objects = draw();
  for (const { subjects } of objects
    .filter(({ metadata }) => metadata.name.startsWith('kubefate'))
    .filter((it) => it.subjects)) {
    expect(subjects).toEqual([{ kind: 'ServiceAccount', name: 'kubefate', namespace: 'kube-fate' }]);
  }
  expect(find(objects, 'Deployment', 'kubefate').spec.template.spec).toMatchObject({
    serviceAccountName: 'kubefate',
    automountServiceAccountToken: true,
  });
  const database = find(objects, 'StatefulSet', 'mariadb').spec.template.spec;
  expect(database.automountServiceAccountToken).toBe(false);
  expect(database).not.toHaveProperty('serviceAccountName');
});
