import { ApiObject, type App, Chart, type IResolver, JsonPatch, Lazy, type ResolutionContext, Testing } from 'cdk8s';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Service } from 'kubernetes-types/core/v1';
import type { ClusterRole } from 'kubernetes-types/rbac/v1';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type KubernetesObject, Manifest } from '../../../constructs/app/manifest';

const chartIn = (app: App = Testing.app()) =>
  new Chart(app, 'chart', { namespace: 'fate-30000', labels: { 'app.kubernetes.io/part-of': 'fate' } });

const service = {
  apiVersion: 'v1' as const,
  kind: 'Service' as const,
  metadata: { name: 'web', labels: { tier: 'front' }, annotations: {} },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, name: undefined }], clusterIP: undefined },
};

/** What `toJson()` and `toYaml()` agree on. */
function written(manifest: Manifest<KubernetesObject>): unknown {
  const object = manifest.toJson();
  expect(parse(manifest.toYaml(), { version: '1.1' })).toEqual(object);
  return object;
}

test('A manifest is written as its source has it, with the namespace and labels of its chart', () => {
  const manifest = new Manifest<Service>(chartIn(), 'service', service);
  expect(written(manifest)).toEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'fate-30000', labels: { 'app.kubernetes.io/part-of': 'fate', tier: 'front' } },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  });
  expect(Object.keys(manifest.toJson())).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
  expect(Object.keys(manifest.toJson().spec ?? {})).toEqual(['selector', 'ports']);
});

test('A manifest may name a namespace of its own', () => {
  const metadata = { name: 'web', namespace: 'elsewhere' };
  expect(written(new Manifest<Service>(chartIn(), 'service', { ...service, metadata }))).toMatchObject({ metadata });
});

test.each([
  ['v1', 'Namespace'],
  ['v1', 'PersistentVolume'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
  ['networking.k8s.io/v1', 'IngressClass'],
  ['scheduling.k8s.io/v1', 'PriorityClass'],
  ['storage.k8s.io/v1', 'StorageClass'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
  ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
  ['policy/v1beta1', 'PodSecurityPolicy'],
])('%s %s is outside namespaces', (apiVersion, kind) => {
  const manifest = new Manifest(chartIn(), 'object', { apiVersion, kind, metadata: { name: 'x' } });
  manifest.metadata.addLabel('a', 'b');
  expect(written(manifest)).not.toHaveProperty('metadata.namespace');
  expect(manifest.metadata.namespace).toBeUndefined();
});

test.each([
  ['rbac.authorization.k8s.io/v1', 'Role'],
  ['example.com/v1', 'Namespace'],
])('%s %s is in the namespace of its chart', (apiVersion, kind) => {
  const manifest = new Manifest(chartIn(), 'object', { apiVersion, kind, metadata: { name: 'x' } });
  expect(written(manifest)).toHaveProperty('metadata.namespace', 'fate-30000');
});

describe('A manifest is what an ApiObject would be', () => {
  const object = {
    apiVersion: 'apps/v1' as const,
    kind: 'Deployment' as const,
    metadata: { name: 'web', finalizers: ['example.com/keep'], annotations: { note: 'yes' }, ownerReferences: [] },
    spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: { spec: { containers: [] } } },
  };
  const lazy = (value: unknown) => Lazy.any({ produce: () => value });
  const numbers: IResolver = {
    resolve: (context: ResolutionContext) => {
      if (context.value === 1 && context.key.join('.') === 'spec.replicas') context.replaceValue(7);
    },
  };

  test.each<[string, (manifest: ApiObject) => void]>([
    ['untouched', () => {}],
    ['with a label', ({ metadata }) => metadata.addLabel('a', 'b')],
    ['with an annotation', ({ metadata }) => metadata.addAnnotation('a', 'b')],
    ['with a finalizer', ({ metadata }) => metadata.addFinalizers('example.com/more')],
    [
      'with an owner',
      ({ metadata }) => metadata.addOwnerReference({ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }),
    ],
    ['with more metadata', ({ metadata }) => metadata.add('generateName', 'web-')],
    ['with a patch', (manifest) => manifest.addJsonPatch(JsonPatch.add('/spec/paused', true))],
    ['with metadata that are empty', ({ metadata }) => metadata.addFinalizers()],
    ['without what a patch removes', (manifest) => manifest.addJsonPatch(JsonPatch.remove('/spec/replicas'))],
    [
      'with a patch of its metadata',
      (manifest) => manifest.addJsonPatch(JsonPatch.replace('/metadata/namespace', 'x')),
    ],
  ])('%s', (_, change) => {
    const [ours, theirs] = [Manifest<Deployment>, ApiObject].map((Class) => {
      const drawn = new Class(chartIn(), 'object', object);
      change(drawn);
      return drawn;
    });
    expect(written(ours as Manifest<Deployment>)).toEqual(theirs?.toJson());
  });

  test('with tokens and resolvers', () => {
    const tokens = {
      ...object,
      metadata: { ...object.metadata, labels: { late: lazy('label') as unknown as string } },
      strategy: { resolve: () => ({ type: lazy('Recreate'), rollingUpdate: lazy(undefined) }) },
      spec: lazy({ replicas: lazy(1), template: { resolve: () => ({ spec: [lazy({ a: undefined, b: 'no' })] }) } }),
    };
    const [ours, theirs] = [Manifest<Deployment>, ApiObject].map((Class) =>
      [[], [numbers]].map((resolvers) => new Class(chartIn(Testing.app({ resolvers })), 'object', tokens)),
    );
    expect(ours?.map((each) => written(each as Manifest<Deployment>))).toEqual(theirs?.map((each) => each.toJson()));
    expect(ours?.map((each) => each.toJson().spec.replicas)).toEqual([1, 7]);
  });

  test('with resolvers of plain values', () => {
    const [ours, theirs] = [Manifest<Deployment>, ApiObject].map(
      (Class) => new Class(chartIn(Testing.app({ resolvers: [numbers] })), 'object', object),
    );
    expect(written(ours as Manifest<Deployment>)).toEqual(theirs?.toJson());
    expect(ours?.toJson().spec.replicas).toBe(7);
  });

  test('in the App of cdk8s', () => {
    const chart = chartIn();
    new Manifest<Deployment>(chart, 'object', object);
    expect(Testing.synth(chart)).toEqual([new ApiObject(chartIn(), 'object', object).toJson()]);
  });
});

test('What becomes of a manifest is not written back into its source', () => {
  const source = {
    apiVersion: 'v1' as const,
    kind: 'ConfigMap' as const,
    metadata: { name: 'a', labels: {} },
    data: { a: '1' },
  };
  const before = structuredClone(source);
  const manifest = new Manifest<ConfigMap>(chartIn(), 'object', source);
  manifest.metadata.addLabel('a', 'b');
  manifest.addJsonPatch(JsonPatch.replace('/data/a', '2'));
  written(manifest);
  expect(source).toEqual(before);
});

test('A value that is not plain data is refused with the construct and its path', () => {
  const rules = [{ verbs: ['get', undefined as unknown as string] }];
  const metadata = { name: 'role' };
  const role = new Manifest<ClusterRole>(chartIn(), 'role', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata,
    rules,
  });
  expect(() => role.toJson()).toThrow('chart/role: rules[0].verbs[1]: undefined is not plain data');
  expect(() => role.toYaml()).toThrow('rules[0].verbs[1]: undefined is not plain data');
});
