import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import Ajv from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { TanzuKubernetesCluster } from '../../../constructs/tanzu/tanzu-kubernetes-cluster';
import {
  type ClusterApiProps,
  type Platform,
  type TanzuClusterPlan,
  type TanzuClusterProps,
  tanzuClusterPlan,
  type WorkerPoolProps,
} from '../../../lib/tanzu/cluster';
import { type AnyObject, find, objectsOf } from '../../support/objects';
import { calicoSchemas } from './crds/calico';
import { tanzuSchemas } from './crds/tanzu-kubernetes-cluster';
import { nodesOfObject, nodesOfPlan, valuesOf } from './read-back';

type Api = { readonly platform: Platform; readonly api?: ClusterApiProps };

const apis = {
  v1alpha1: { platform: 'vSphere 7.0' },
  v1alpha2: { platform: 'vSphere 7.0 U3' },
  v1alpha3: { platform: 'vSphere 8.0' },
  tanzukubernetescluster: {
    platform: 'vSphere 8.0',
    api: { apiVersion: 'cluster.x-k8s.io/v1beta1', class: 'tanzukubernetescluster' },
  },
  'builtin-generic, v1beta1': { platform: 'VKS 3.2' },
  'builtin-generic, v1beta2': { platform: 'VCF 9.1' },
} as const satisfies Record<string, Api>;

const release = 'v1.21.2+vmware.1-tkg.1.ee25d55';
const reference = { name: 'party-30000', kubernetes: release };

const objects = (plan: TanzuClusterPlan) => objectsOf((app) => new TanzuKubernetesCluster(app, 'cluster', plan));

function clusterOf(plan: TanzuClusterPlan): AnyObject {
  const kind = 'class' in plan.api ? 'Cluster' : 'TanzuKubernetesCluster';
  return find(objects(plan), kind, plan.name);
}

const draw = (api: Api, more: Partial<TanzuClusterProps> = {}) =>
  clusterOf(tanzuClusterPlan({ ...reference, ...api, ...more }));

describe('the reference cluster', () => {
  const storageClass = 'vsan-default-storage-policy';
  const volume = { name: 'containerd', mountPath: '/var/lib/containerd' };
  const settings = {
    network: {
      cni: { name: 'antrea' },
      pods: { cidrBlocks: ['192.168.0.0/16'] },
      services: { cidrBlocks: ['10.96.0.0/12'] },
      serviceDomain: 'cluster.local',
    },
    storage: { defaultClass: storageClass },
  };

  test('in v1alpha1 counts nodes of classes, and has one group of workers', () => {
    expect(draw({ platform: 'vSphere 7.0' }, { kubernetes: 'v1.20' })).toEqual({
      apiVersion: 'run.tanzu.vmware.com/v1alpha1',
      kind: 'TanzuKubernetesCluster',
      metadata: { name: 'party-30000', namespace: 'fate' },
      spec: {
        distribution: { version: 'v1.20' },
        topology: {
          controlPlane: { count: 3, class: 'best-effort-small', storageClass },
          workers: {
            count: 3,
            class: 'best-effort-2xlarge',
            storageClass,
            volumes: [{ ...volume, capacity: { storage: '32Gi' } }],
          },
        },
        settings,
      },
    });
  });

  test.each(['v1alpha2', 'v1alpha3'] as const)('in %s has replicas of VM classes, and node pools', (version) => {
    const tkr = { reference: { name: 'v1.21.2---vmware.1-tkg.1.ee25d55' } };
    expect(draw(apis[version])).toEqual({
      apiVersion: `run.tanzu.vmware.com/${version}`,
      kind: 'TanzuKubernetesCluster',
      metadata: { name: 'party-30000', namespace: 'fate' },
      spec: {
        topology: {
          controlPlane: { replicas: 3, vmClass: 'best-effort-small', storageClass, tkr },
          nodePools: [
            {
              name: 'workers',
              replicas: 3,
              vmClass: 'best-effort-2xlarge',
              storageClass,
              volumes: [{ ...volume, storageClass, capacity: { storage: '32Gi' } }],
              tkr,
            },
          ],
        },
        settings,
      },
    });
  });

  const clusterNetwork = {
    pods: { cidrBlocks: ['192.168.0.0/16'] },
    services: { cidrBlocks: ['10.96.0.0/12'] },
    serviceDomain: 'cluster.local',
  };

  test('as a Cluster of the older class has a list of volumes for pools', () => {
    const { apiVersion, spec } = draw(apis.tanzukubernetescluster);
    expect(apiVersion).toBe('cluster.x-k8s.io/v1beta1');
    const { variables, workers, ...topology } = spec.topology;
    expect(spec.clusterNetwork).toEqual(clusterNetwork);
    expect(topology).toEqual({ class: 'tanzukubernetescluster', version: release, controlPlane: { replicas: 3 } });
    expect(valuesOf(variables)).toEqual({
      vmClass: 'best-effort-small',
      storageClass,
      defaultStorageClass: storageClass,
    });
    const [{ variables: overrides, ...pool }] = workers.machineDeployments;
    expect(pool).toEqual({ class: 'node-pool', name: 'workers', replicas: 3 });
    expect(valuesOf(overrides.overrides)).toEqual({
      vmClass: 'best-effort-2xlarge',
      storageClass,
      nodePoolVolumes: [{ ...volume, storageClass, capacity: { storage: '32Gi' } }],
    });
  });

  test.each([
    ['VKS 3.2', 'v1beta1', { class: 'builtin-generic-v3.2.0' }],
    ['VCF 9.0', 'v1beta1', { class: 'builtin-generic-v3.4.0', classNamespace: 'vmware-system-vks-public' }],
    ['VCF 9.1', 'v1beta2', { classRef: { name: 'builtin-generic-v3.6.0', namespace: 'vmware-system-vks-public' } }],
  ] as const)('on %s as a Cluster %s has volumes whose capacity is a text', (platform, version, reference) => {
    const { apiVersion, spec } = draw({ platform });
    expect(apiVersion).toBe(`cluster.x-k8s.io/${version}`);
    const { variables, workers, ...topology } = spec.topology;
    expect(spec.clusterNetwork).toEqual(clusterNetwork);
    expect(topology).toEqual({ ...reference, version: release, controlPlane: { replicas: 3 } });
    expect(valuesOf(variables)).toEqual({
      vmClass: 'best-effort-small',
      storageClass,
      vsphereOptions: { persistentVolumes: { defaultStorageClass: storageClass } },
    });
    const [{ variables: overrides, ...pool }] = workers.machineDeployments;
    expect(pool).toEqual({ class: 'node-pool', name: 'workers', replicas: 3 });
    expect(valuesOf(overrides.overrides)).toEqual({
      vmClass: 'best-effort-2xlarge',
      storageClass,
      volumes: [{ ...volume, storageClass, capacity: '32Gi' }],
    });
  });
});

const certificate = `${rootCertificates[0]}\n`;
const proxy = {
  httpProxy: 'http://proxy.example.com:3128',
  httpsProxy: 'http://proxy.example.com:3128',
  noProxy: ['localhost'],
};
const surroundings: Partial<TanzuClusterProps> = {
  network: { proxy },
  trust: [{ name: 'example-ca', certificate }],
  storageClasses: ['vsan-default-storage-policy', 'archive'],
};
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('proxy, certificate authorities and offered storage classes', () => {
  test.each(['v1alpha1', 'v1alpha2', 'v1alpha3'] as const)('are settings in %s', (version) => {
    const { network, storage } = draw(apis[version], surroundings).spec.settings;
    expect(network.proxy).toEqual(proxy);
    expect(network.trust).toEqual({ additionalTrustedCAs: [{ name: 'example-ca', data: base64(certificate) }] });
    expect(storage.classes).toEqual(['vsan-default-storage-policy', 'archive']);
  });

  test('are variables of the older class, and the certificates are in a Secret beside it', () => {
    const plan = tanzuClusterPlan({ ...reference, ...apis.tanzukubernetescluster, ...surroundings });
    const values = valuesOf(clusterOf(plan).spec.topology.variables);
    expect(values.proxy).toEqual(proxy);
    expect(values.trust).toEqual({ additionalTrustedCAs: [{ name: 'example-ca' }] });
    expect(values.storageClasses).toEqual(['vsan-default-storage-policy', 'archive']);
    const secret = find(objects(plan), 'Secret', 'party-30000-user-trusted-ca-secret');
    expect(secret.data).toEqual({ 'example-ca': base64(base64(certificate)) });
    expect(secret.metadata.namespace).toBe('fate');
  });

  test('are configuration of the operating system in the newer classes', () => {
    const plan = tanzuClusterPlan({ ...reference, ...apis['builtin-generic, v1beta2'], ...surroundings });
    const { osConfiguration, vsphereOptions } = valuesOf(clusterOf(plan).spec.topology.variables);
    expect(osConfiguration.systemProxy).toEqual({
      http: proxy.httpProxy,
      https: proxy.httpsProxy,
      noProxy: proxy.noProxy,
    });
    const [{ caCert }] = osConfiguration.trust.additionalTrustedCAs;
    const secret = find(objects(plan), 'Secret', caCert.secretRef.name);
    expect(secret.data[caCert.secretRef.key]).toBe(base64(base64(certificate)));
    expect(vsphereOptions.persistentVolumes.availableStorageClasses).toEqual([
      'vsan-default-storage-policy',
      'archive',
    ]);
  });

  test.each(Object.entries(apis))('%s has no Secret without certificate authorities', (_, api) => {
    expect(objects(tanzuClusterPlan({ ...reference, ...api }))).toHaveLength(1);
  });
});

describe('Calico', () => {
  const network = { cni: 'calico' } as const;
  const drawn = (api: Api, kubernetes = release) =>
    objects(tanzuClusterPlan({ ...reference, ...api, kubernetes, network }));

  test.each(['v1alpha1', 'v1alpha2', 'v1alpha3'] as const)('is a setting in %s', (version) => {
    const [cluster, ...others] = drawn(apis[version]);
    expect(cluster?.spec.settings.network.cni).toEqual({ name: 'calico' });
    expect(others).toEqual([]);
  });

  test.each(['tanzukubernetescluster', 'builtin-generic, v1beta1', 'builtin-generic, v1beta2'] as const)(
    'is in objects that come before a Cluster of %s, for its release and of its name',
    (name) => {
      const [config, bootstrap, cluster, ...others] = drawn(apis[name]);
      const metadata = { name: 'party-30000', namespace: 'fate' };
      expect(config).toEqual({
        apiVersion: 'cni.tanzu.vmware.com/v1alpha1',
        kind: 'CalicoConfig',
        metadata,
        spec: { calico: { config: { vethMTU: 0 } } },
      });
      const providerRef = { apiGroup: 'cni.tanzu.vmware.com', kind: 'CalicoConfig', name: 'party-30000' };
      expect(bootstrap).toEqual({
        apiVersion: 'run.tanzu.vmware.com/v1alpha3',
        kind: 'ClusterBootstrap',
        metadata: {
          ...metadata,
          annotations: { 'tkg.tanzu.vmware.com/add-missing-fields-from-tkr': 'v1.21.2---vmware.1-tkg.1.ee25d55' },
        },
        spec: { cni: { refName: 'calico*', valuesFrom: { providerRef } } },
      });
      expect(cluster).toEqual(draw(apis[name]));
      expect(others).toEqual([]);
    },
  );

  test('is a variable of a Cluster from Kubernetes 1.35 on', () => {
    const [cluster, ...others] = drawn({ platform: 'VCF 9.1' }, 'v1.35.0+vmware.1');
    expect(valuesOf(cluster?.spec.topology.variables).bootstrapAddons).toEqual({ cniRef: { name: 'calico' } });
    expect(others).toEqual([]);
  });
});

test.each([
  ['v1alpha3', apis.v1alpha3],
  ['a Cluster', apis['builtin-generic, v1beta2']],
])('the operating system of the nodes of %s is an annotation', (_, api) => {
  const annotations = (os: TanzuClusterProps['os']) => draw(api, { os }).metadata.annotations;
  expect(annotations(undefined)).toBeUndefined();
  expect(annotations({ name: 'ubuntu' })).toEqual({ 'run.tanzu.vmware.com/resolve-os-image': 'os-name=ubuntu' });
  expect(annotations({ name: 'ubuntu', version: '24.04' })).toEqual({
    'run.tanzu.vmware.com/resolve-os-image': 'os-name=ubuntu,os-version=24.04',
  });
});

test('an autoscaler gets bounds and no replicas', () => {
  const { topology } = draw(apis.tanzukubernetescluster, { workers: [{ replicas: { min: 2, max: 5 } }] }).spec;
  const [pool] = topology.workers.machineDeployments;
  expect(pool).not.toHaveProperty('replicas');
  expect(pool.metadata.annotations).toEqual({
    'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size': '2',
    'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': '5',
  });
});

test('a pool without volumes has none of the control plane either', () => {
  const volumes = [{ name: 'etcd', mountPath: '/var/lib/etcd', capacityGiB: 8 }] as const;
  const { topology } = draw(apis['builtin-generic, v1beta2'], {
    controlPlane: { volumes },
    workers: [{ volumes: [] }],
  }).spec;
  expect(valuesOf(topology.variables).volumes).toMatchObject([{ mountPath: '/var/lib/etcd', capacity: '8Gi' }]);
  expect(valuesOf(topology.workers.machineDeployments[0].variables.overrides).volumes).toEqual([]);
});

describe('schemas', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const clusters = parse(readFileSync(join(__dirname, 'crds/cluster.yaml'), 'utf8'));
  const schemas: Record<string, object> = {
    ...tanzuSchemas,
    ...calicoSchemas,
    v1beta1: whole(close(clusters.v1beta1)),
    v1beta2: whole(close(clusters.v1beta2)),
  };

  /** Refuses fields that the definition does not name, as strict field validation does. */
  function close(schema: AnyObject): AnyObject {
    if (Array.isArray(schema) || typeof schema !== 'object' || schema === null) return schema;
    const entries = Object.entries(schema).map(([key, value]) => [
      key,
      key === 'properties'
        ? Object.fromEntries(Object.entries(Object(value)).map(([k, v]) => [k, close(v)]))
        : close(value),
    ]);
    const isOpen = schema.properties === undefined || schema.additionalProperties !== undefined;
    return { ...Object.fromEntries(entries), ...(!isOpen && { additionalProperties: false }) };
  }

  function whole(schema: AnyObject): AnyObject {
    const common = { apiVersion: { type: 'string' }, kind: { const: 'Cluster' }, metadata: { type: 'object' } };
    return { ...schema, properties: { ...common, ...schema.properties } };
  }

  function problemsOf(object: AnyObject): readonly unknown[] {
    const validate = ajv.compile(schemas[object.kind] ?? schemas[object.apiVersion.split('/')[1]] ?? false);
    return validate(object) ? [] : (validate.errors ?? []);
  }

  const rich = (pool: WorkerPoolProps): Partial<TanzuClusterProps> => ({
    ...surroundings,
    controlPlane: { volumes: [{ name: 'etcd', mountPath: '/var/lib/etcd', capacityGiB: 8 }] },
    workers: [pool],
  });
  const labelled: WorkerPoolProps = {
    name: 'fate',
    labels: { pool: 'fate' },
    taints: [{ key: 'fate', value: 'only', effect: 'NoSchedule' }],
  };
  const zoned: WorkerPoolProps = { ...labelled, failureDomain: 'zone-1' };

  test.each(Object.entries(apis).filter(([name]) => name !== 'v1alpha1'))(
    'take a pool for Spark workers beside the others in %s, with its label and its taint',
    (_, api) => {
      const cluster = draw(api, { workers: [{}, { sparkNodes: true, vmClass: 'best-effort-4xlarge', replicas: 2 }] });
      expect(problemsOf(cluster)).toEqual([]);
      const [, common, spark] = nodesOfObject(cluster);
      expect(spark).toMatchObject({
        name: 'spark',
        count: 2,
        vmClass: 'best-effort-4xlarge',
        volumes: common?.volumes,
        labels: { 'kubefate-tanzu/nodes': 'spark' },
        taints: [{ key: 'kubefate-tanzu/nodes', value: 'spark', effect: 'NoSchedule' }],
      });
      expect(common).toMatchObject({ labels: {}, taints: [] });
    },
  );

  test.each([
    ['v1alpha1', rich({})],
    ['v1alpha2', rich(labelled)],
    ['v1alpha3', { ...rich(zoned), os: { name: 'ubuntu' } }],
    ['tanzukubernetescluster', rich({ ...zoned, replicas: { min: 1, max: 3 } })],
    ['builtin-generic, v1beta1', rich({ ...zoned, replicas: { min: 1, max: 3 } })],
    ['builtin-generic, v1beta2', rich({ ...zoned, replicas: { min: 1, max: 3 } })],
  ] as const)('take the reference cluster and one with everything in %s', (name, more) => {
    expect(problemsOf(draw(apis[name]))).toEqual([]);
    expect(problemsOf(draw(apis[name], more))).toEqual([]);
  });

  test('take what makes Calico the network plugin of a Cluster, and nothing that is misspelt', () => {
    const plan = tanzuClusterPlan({ ...reference, ...apis['builtin-generic, v1beta1'], network: { cni: 'calico' } });
    const beside = objects(plan).filter(({ kind }) => kind !== 'Cluster');
    expect(beside).toHaveLength(2);
    for (const object of beside) {
      expect(problemsOf(object)).toEqual([]);
      expect(problemsOf({ ...object, spec: { ...object.spec, plugin: {} } })).toHaveLength(1);
    }
  });

  test.each(Object.entries(apis))('refuse a field or a type that is not of %s', (_, api) => {
    const object = draw(api);
    const { topology } = object.spec;
    const withTopology = (more: object) => ({
      ...object,
      spec: { ...object.spec, topology: { ...topology, ...more } },
    });
    expect(problemsOf(withTopology({ nodes: 3 }))).toHaveLength(1);
    const { controlPlane } = topology;
    const text = Object.fromEntries(Object.keys(controlPlane).map((key) => [key, [controlPlane[key]]]));
    expect(problemsOf(withTopology({ controlPlane: text })).length).toBeGreaterThan(0);
    expect(problemsOf({ ...object, spec: { ...object.spec, topology: {} } }).length).toBeGreaterThan(0);
  });
});

describe('any cluster', () => {
  const vmClass = (...names: readonly ['best-effort-2xlarge', ...('guaranteed-4xlarge' | 'best-effort-8xlarge')[]]) =>
    fc.constantFrom(...names, { name: 'fate-worker', cpu: 12, memoryGiB: 96 });
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
  const storageClass = fc.constantFrom('vsan-default-storage-policy', 'gold');
  const volumes = (
    own: 'storageClass' | 'none',
    ...paths: readonly ('/var/lib/containerd' | '/var/lib/etcd' | '/var/lib/kubelet')[]
  ) =>
    fc.uniqueArray(
      fc.record(
        {
          name,
          mountPath: fc.constantFrom(...paths),
          capacityGiB: fc.integer({ min: 16, max: 500 }),
          ...(own === 'storageClass' && { storageClass }),
        },
        { requiredKeys: ['name', 'mountPath', 'capacityGiB'] },
      ),
      { comparator: (a, b) => a.name === b.name || a.mountPath === b.mountPath },
    );
  const optional = { requiredKeys: [] };

  const nodes = (own: 'storageClass' | 'none') => ({
    vmClass: vmClass('best-effort-2xlarge', 'guaranteed-4xlarge', 'best-effort-8xlarge'),
    storageClass,
    volumes: volumes(own, '/var/lib/containerd', '/var/lib/kubelet'),
    ...(own === 'storageClass' && { nodeDrainTimeoutSeconds: fc.nat(3600) }), // v1alpha1 has neither
  });
  const controlPlane = (own: 'storageClass' | 'none') =>
    fc.record(
      {
        ...nodes(own),
        replicas: fc.constantFrom(1 as const, 3 as const),
        volumes: volumes(own, '/var/lib/containerd', '/var/lib/etcd', '/var/lib/kubelet'),
      },
      optional,
    );
  const replicas = fc.integer({ min: 0, max: 30 });
  const bounds = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 9, max: 20 }))
    .map(([min, max]) => ({ min, max }));
  const named = {
    ...nodes('storageClass'),
    name,
    labels: fc.dictionary(name, name, { maxKeys: 3 }),
    taints: fc.array(fc.record({ key: name, value: name, effect: fc.constantFrom('NoSchedule', 'NoExecute') }), {
      maxLength: 2,
    }),
  };
  const pools = (pool: fc.Arbitrary<WorkerPoolProps>) =>
    fc.uniqueArray(pool, { minLength: 1, maxLength: 4, selector: ({ name = 'workers' }) => name });
  const clusterWith = (own: 'storageClass' | 'none', workers: fc.Arbitrary<readonly WorkerPoolProps[]>) =>
    fc.record({ controlPlane: controlPlane(own), workers, storageClass }, optional);

  const oneGroup = clusterWith(
    'none',
    fc.record({ ...nodes('none'), replicas }, optional).map((pool) => [pool]),
  );
  const manyPools = clusterWith(
    'storageClass',
    pools(fc.record({ ...named, replicas }, optional) as fc.Arbitrary<WorkerPoolProps>),
  );
  const zonedPools = clusterWith(
    'storageClass',
    pools(fc.record({ ...named, replicas, failureDomain: name }, optional) as fc.Arbitrary<WorkerPoolProps>),
  );
  const anyPools = clusterWith(
    'storageClass',
    pools(
      fc.record(
        { ...named, replicas: fc.oneof(replicas, bounds), failureDomain: name },
        optional,
      ) as fc.Arbitrary<WorkerPoolProps>,
    ),
  );

  test.each([
    ['v1alpha1', oneGroup],
    ['v1alpha2', manyPools],
    ['v1alpha3', zonedPools],
    ['tanzukubernetescluster', anyPools],
    ['builtin-generic, v1beta1', anyPools],
    ['builtin-generic, v1beta2', anyPools],
  ] as const)('says in %s what its plan says of nodes, classes and volumes', (name, cluster) => {
    fc.assert(
      fc.property(cluster, (props) => {
        const plan = tanzuClusterPlan({ ...reference, ...apis[name], ...props });
        expect(nodesOfObject(clusterOf(plan))).toEqual(nodesOfPlan(plan));
      }),
      { numRuns: 60 },
    );
  });

  test('with one group of workers says the same in every vocabulary', () => {
    fc.assert(
      fc.property(oneGroup, (props) => {
        const read = Object.values(apis).map((api) => nodesOfObject(draw(api, props)));
        for (const nodes of read) expect(nodes).toEqual(read[0]);
      }),
      { numRuns: 30 },
    );
  });
});
