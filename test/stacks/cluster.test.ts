import { rootCertificates } from 'node:tls';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { clusterDeploymentPlan, type Platform } from '../../lib/tanzu/cluster';
import { type ClusterConfig, clusterStack, TanzuCluster } from '../../stacks/cluster';
import { failureOf, type RecordedResource, record, unknown, type World } from '../support/pulumi-recorder';

const release = 'v1.21.2+vmware.1-tkg.1.ee25d55';
const kubeconfig = stringify({
  clusters: [{ cluster: { server: 'https://192.0.2.20:6443' } }],
  users: [{ token: 't0ps3cret' }],
});
const component = 'kubefate-tanzu:index:TanzuCluster::org1';
const supervisorKey = 'pulumi:providers:kubernetes::supervisor';
const clusterKey = 'pulumi:providers:kubernetes::org1';

/** A Supervisor that makes every cluster, and clusters whose load balancer gives addresses. */
const world: World = {
  resource: ({ type, readId }) => {
    if (readId === pulumi.runtime.unknownValue) return undefined; // the engine reads nothing, and knows nothing
    if (readId !== undefined) return { data: { value: Buffer.from(kubeconfig).toString('base64') } };
    if (type === 'kubernetes:core/v1:Service') return { status: { loadBalancer: { ingress: [{ ip: '192.0.2.80' }] } } };
    return undefined;
  },
};

type Deployment = ClusterConfig['deployment'];

const program =
  (
    deployment: Partial<Omit<Deployment, 'cluster'>> & { cluster?: Partial<Deployment['cluster']> } = {},
    more: object = {},
  ) =>
  async () =>
    clusterStack({
      name: 'org1',
      deployment: {
        ...deployment,
        cluster: { name: 'party-30000', platform: 'vSphere 7.0 U3', kubernetes: release, ...deployment.cluster },
      },
      supervisor: new kubernetes.Provider('supervisor', { kubeconfig: 'of the Supervisor' }),
      ...more,
    });

const on = (platform: Platform) => program({ cluster: { platform } });

const isClusterObject = ({ type }: RecordedResource) => /:(TanzuKubernetes)?Cluster$/.test(type);

test.each([
  ['vSphere 7.0', 'run.tanzu.vmware.com/v1alpha1:TanzuKubernetesCluster', 'jsonpath={.status.phase}=running'],
  ['vSphere 7.0 U3', 'run.tanzu.vmware.com/v1alpha2:TanzuKubernetesCluster', 'condition=Ready'],
  ['vSphere 8.0', 'run.tanzu.vmware.com/v1alpha3:TanzuKubernetesCluster', 'condition=Ready'],
  ['VKS 3.2', 'cluster.x-k8s.io/v1beta1:Cluster', 'condition=Ready'],
  ['VCF 9.1', 'cluster.x-k8s.io/v1beta2:Cluster', 'condition=Available'],
] as const)('on %s the cluster is the object %s on the Supervisor, and awaited', async (platform, token, readiness) => {
  const run = await record(on(platform), world);
  const cluster = run.get(`kubernetes:${token}`, 'fate/party-30000');
  expect(cluster.inputs['metadata']).toMatchObject({
    name: 'party-30000',
    namespace: 'fate',
    annotations: { 'pulumi.com/waitFor': readiness },
  });
  expect(cluster.parent).toBe(component);
  expect(cluster.provider).toBe(supervisorKey);
  expect(cluster.options.customTimeouts).toMatchObject({ create: '60m', update: '60m' });
  expect(cluster.options.protect).toBe(true);
  expect(run.resources.filter(isClusterObject)).toEqual([cluster]);
});

test('another version of the same kind is the same object, and another kind is not', async () => {
  const typesOf = async (platform: Platform) => {
    const [cluster] = (await record(on(platform), world)).resources.filter(isClusterObject);
    return cluster?.options.aliases?.map((alias) => Object(alias).type);
  };
  expect(await typesOf('vSphere 8.0')).toEqual([
    'kubernetes:run.tanzu.vmware.com/v1alpha1:TanzuKubernetesCluster',
    'kubernetes:run.tanzu.vmware.com/v1alpha2:TanzuKubernetesCluster',
  ]);
  expect(await typesOf('VCF 9.1')).toEqual(['kubernetes:cluster.x-k8s.io/v1beta1:Cluster']);
});

describe('the kubeconfig', () => {
  test('is read from the Supervisor once the cluster is ready, and secret everywhere', async () => {
    const run = await record(program(), world);
    const secret = run.get('kubernetes:core/v1:Secret', 'org1-kubeconfig');
    expect(secret.readId).toBe('fate/party-30000-kubeconfig');
    expect([secret.parent, secret.provider]).toEqual([component, supervisorKey]);
    const provider = run.get('pulumi:providers:kubernetes', 'org1');
    expect(provider.inputs['kubeconfig']).toBe(kubeconfig);
    expect(provider.secretInputs).toEqual(['kubeconfig']);
    expect(run.outputs).toEqual({
      kubeconfig,
      kubernetes: release,
      endpoint: 'https://192.0.2.20:6443',
      ingressAddress: '192.0.2.80',
    });
    expect(run.secretOutputs).toEqual(['kubeconfig']);
    const plain = run.resources.filter(({ name }) => name !== 'org1').map(({ inputs }) => inputs);
    expect(JSON.stringify(plain)).not.toContain('t0ps3cret');
  });

  test('comes with the nodes for Spark workers that parties take, where a pool has them', async () => {
    const { outputs } = await record(program({ cluster: { workers: [{}, { sparkNodes: true }] } }), world);
    expect(outputs).toMatchObject({
      sparkNodes: {
        labels: { 'kubefate-tanzu/nodes': 'spark' },
        taints: [{ key: 'kubefate-tanzu/nodes', value: 'spark', effect: 'NoSchedule' }],
      },
    });
  });

  test('may be renewed without another identity of the cluster', async () => {
    const { inputs } = (await record(program(), world)).get('pulumi:providers:kubernetes', 'org1');
    expect(inputs).toMatchObject({
      clusterIdentifier: 'fate/party-30000',
      enableConfigMapMutable: 'true',
      enableSecretMutable: 'true',
    });
  });

  test('that is missing is an error with the name of its Secret', async () => {
    const { message } = await failureOf(program({ imageDiskMount: false, ingressController: false }), {
      resource: ({ readId }) => (readId ? { data: {} } : undefined),
    });
    expect(message).toMatch('Secret fate/party-30000-kubeconfig has no key "value"');
  });
});

describe('on the new cluster', () => {
  test('there are the image disk mount and the ingress controller, object by object', async () => {
    const run = await record(program(), world);
    const own = run.resources.filter(({ provider }) => provider === clusterKey);
    expect(own.map(({ key }) => key)).toEqual(
      expect.arrayContaining([
        'kubernetes:apps/v1:DaemonSet::image-disk-mount/image-disk-mount',
        'kubernetes:apps/v1:Deployment::ingress-nginx/ingress-nginx-controller',
        'kubernetes:core/v1:Service::ingress-nginx/ingress-nginx-controller',
      ]),
    );
    for (const { parent } of own) expect(parent).toBe(component);
    const onSupervisor = run.resources.filter(({ provider }) => provider === supervisorKey).map(({ name }) => name);
    expect(onSupervisor).toEqual(['fate/party-30000', 'org1-kubeconfig']);
  });

  test('everything waits for the kubeconfig, and that for the cluster', async () => {
    const run = await record(program(), world);
    const [cluster] = run.resources.filter(isClusterObject);
    const secret = run.get('kubernetes:core/v1:Secret', 'org1-kubeconfig');
    expect(secret.dependencies).toEqual([cluster?.key]);
    const provider = run.get('pulumi:providers:kubernetes', 'org1');
    expect(provider.propertyDependencies['kubeconfig']).toEqual([secret.key]);
    const order = run.resources.map(({ key, provider }) => (provider === clusterKey ? 'there' : key));
    const before = order.slice(order.indexOf(`${cluster?.key}`), order.indexOf('there'));
    expect(before).toEqual([cluster?.key, secret.key, clusterKey]);
  });

  test('an ingress controller behind node ports has no address of its own', async () => {
    const service = { type: 'NodePort', nodePort: { http: 30080, https: 30443 } } as const;
    const run = await record(program({ ingressController: { service } }), world);
    expect(
      run.get('kubernetes:core/v1:Service', 'ingress-nginx/ingress-nginx-controller').inputs['spec'],
    ).toMatchObject({
      type: 'NodePort',
    });
    expect(run.outputs).not.toHaveProperty('ingressAddress');
  });

  test('the login of the registry is in the namespace of each add-on before its pods', async () => {
    const configuration = '{"auths":{}}';
    const images = { registry: 'harbor.example.com/fate', imagePullSecrets: ['harbor'] };
    const run = await record(program(images, { secrets: { imagePullSecrets: { harbor: configuration } } }), world);
    for (const namespace of ['image-disk-mount', 'ingress-nginx']) {
      const secret = run.get('kubernetes:core/v1:Secret', `${namespace}/harbor`);
      expect(secret.inputs).toMatchObject({
        type: 'kubernetes.io/dockerconfigjson',
        data: { '.dockerconfigjson': Buffer.from(configuration).toString('base64') },
      });
      const pods = run.resources.find(
        ({ key }) => key.includes(`::${namespace}/`) && /:(DaemonSet|Deployment):/.test(key),
      );
      expect(pods?.dependencies).toContain(secret.key);
    }
  });

  test('a login that no pod uses is refused before anything is made', async () => {
    const { message } = await failureOf(program({}, { secrets: { imagePullSecrets: { harbor: '{}' } } }), world);
    expect(message).toMatch('secrets.imagePullSecrets.harbor: is used by no pod');
  });

  test('the image disk mount reaches the control plane where that has an image disk, too', async () => {
    const volumes = [{ name: 'containerd', mountPath: '/var/lib/containerd', capacityGiB: 32 }] as const;
    const tolerations = async (controlPlane: object) => {
      const run = await record(program({ cluster: { controlPlane } }), world);
      const { inputs } = run.get('kubernetes:apps/v1:DaemonSet', 'image-disk-mount/image-disk-mount');
      return Object(inputs['spec']).template.spec.tolerations;
    };
    expect(await tolerations({})).toBeUndefined();
    expect(await tolerations({ volumes })).toHaveLength(2);
  });

  test('nothing is made that was switched off', async () => {
    const run = await record(program({ imageDiskMount: false, ingressController: false }), world);
    expect(run.resources.filter(({ provider }) => provider === clusterKey)).toEqual([]);
    expect(run.outputs).not.toHaveProperty('ingressAddress');
    const later = await record(program({ cluster: { platform: 'vSphere 8.0' }, ingressController: false }), world);
    expect(later.resources.filter(({ provider }) => provider === clusterKey)).toEqual([]);
  });

  test('the images of both come from the registry of the organisation', async () => {
    const run = await record(program({ registry: 'harbor.example.com/fate' }), world);
    const images = ['kubernetes:apps/v1:DaemonSet', 'kubernetes:apps/v1:Deployment']
      .flatMap((type) => run.ofType(type))
      .map(({ inputs }) => Object(inputs['spec']).template.spec.containers[0].image);
    expect(images).toHaveLength(2);
    for (const image of images) expect(image).toMatch(/^harbor\.example\.com\/fate\//);
  });

  test('an ingress controller without an address is an error', async () => {
    const resource = (it: RecordedResource) =>
      it.type === 'kubernetes:core/v1:Service' ? { status: { loadBalancer: {} } } : world.resource?.(it);
    const { message } = await failureOf(program(), { resource });
    expect(message).toMatch('Service ingress-nginx/ingress-nginx-controller has no address');
  });
});

describe('a preview', () => {
  test('before the first update names the cluster and reads nothing', async () => {
    const run = await record(program(), { ...world, preview: true });
    expect(run.resources.filter(isClusterObject)).toHaveLength(1);
    expect(
      run.resources.filter(({ readId }) => readId !== undefined && readId !== pulumi.runtime.unknownValue),
    ).toEqual([]);
    expect(run.outputs).toMatchObject({
      kubeconfig: unknown,
      endpoint: unknown,
      ingressAddress: unknown,
      kubernetes: release,
    });
    expect(run.get('kubernetes:apps/v1:Deployment', 'ingress-nginx/ingress-nginx-controller').provider).toBe(
      clusterKey,
    );
  });

  test('after it knows the kubeconfig', async () => {
    const run = await record(program(), { ...world, preview: true, deployed: () => true });
    expect(run.outputs).toMatchObject({ kubeconfig, endpoint: 'https://192.0.2.20:6443' });
  });
});

test('certificate authorities of a Cluster are a Secret on the Supervisor', async () => {
  const certificate = `${rootCertificates[0]}\n`;
  const cluster = { platform: 'VCF 9.1', trust: [{ name: 'example-ca', certificate }] } as const;
  const run = await record(program({ cluster }), world);
  const secret = run.get('kubernetes:core/v1:Secret', 'fate/party-30000-user-trusted-ca-secret');
  expect([secret.parent, secret.provider]).toEqual([component, supervisorKey]);
});

test('Calico is chosen on the Supervisor before the Cluster is made, and left to the platform from then on', async () => {
  const deployment = { cluster: { platform: 'VKS 3.2', network: { cni: 'calico' } } } as const;
  const run = await record(program(deployment), world);
  const config = run.get('kubernetes:cni.tanzu.vmware.com/v1alpha1:CalicoConfig', 'fate/party-30000');
  const bootstrap = run.get('kubernetes:run.tanzu.vmware.com/v1alpha3:ClusterBootstrap', 'fate/party-30000');
  const cluster = run.get('kubernetes:cluster.x-k8s.io/v1beta1:Cluster', 'fate/party-30000');
  expect(bootstrap.dependencies).toContain(config.key);
  expect(cluster.dependencies).toEqual(expect.arrayContaining([config.key, bootstrap.key]));
  for (const { options, provider } of [config, bootstrap]) {
    expect(options).toMatchObject({ ignoreChanges: ['metadata', 'spec'], retainOnDelete: true });
    expect(provider).toBe(supervisorKey);
  }
});

test('the protection of a cluster can be given up', async () => {
  const plan = clusterDeploymentPlan({
    cluster: { name: 'lab', platform: 'vSphere 8.0', kubernetes: release },
    ingressController: false,
  });
  const run = await record(async () => {
    const supervisor = new kubernetes.Provider('supervisor', {});
    new TanzuCluster('lab', { plan, supervisor, timeout: '90m' }, { protect: false });
  }, world);
  const [cluster] = run.resources.filter(isClusterObject);
  expect(cluster?.options.protect ?? false).toBe(false);
  expect(cluster?.options.customTimeouts?.create).toBe('90m');
});

describe('a workload domain', () => {
  const stack = 'acme/kubefate-tanzu/workload-domain-org1';
  const outputs = {
    namespace: 'org1',
    vmClasses: ['best-effort-small', 'best-effort-2xlarge'],
    storageClasses: ['vsan-default-storage-policy'],
  };
  const offering = (more: object) => ({ ...world, stacks: { [stack]: { ...outputs, ...more } } });

  test('gives the cluster its namespace', async () => {
    const run = await record(program({}, { workloadDomain: { stack } }), offering({}));
    const [cluster] = run.resources.filter(isClusterObject);
    expect(cluster?.name).toBe('org1/party-30000');
  });

  test('whose namespace lacks a VM class ends the update before anything is made', async () => {
    const { message, recording } = await failureOf(
      program({}, { workloadDomain: { stack } }),
      offering({ vmClasses: ['best-effort-small'] }),
    );
    expect(message).toMatch('cluster.workers[0].vmClass: "best-effort-2xlarge" is not bound to namespace org1');
    expect(recording.resources.filter(isClusterObject)).toEqual([]);
  });

  test('that was not deployed yet is named', async () => {
    const { message } = await failureOf(program({}, { workloadDomain: { stack } }), offering({ vmClasses: undefined }));
    expect(message).toMatch(`stack ${stack} has no output \`vmClasses\`: run \`pulumi up\` there first`);
  });
});

test('a wrong declaration ends the update before anything is made', async () => {
  const workers = [{ volumes: [{ name: 'a', mountPath: '/var' as '/var/lib/kubelet', capacityGiB: 32 }] }];
  const { message, recording } = await failureOf(program({ cluster: { workers, name: 'Party' } }), world);
  expect(message).toMatch('cluster.name: "Party" is no DNS label');
  expect(message).toMatch('cluster.workers[0].volumes[0].mountPath: "/var" cannot be on a volume of its own');
  expect(recording.resources.map(({ key }) => key)).toEqual([supervisorKey]);
});
