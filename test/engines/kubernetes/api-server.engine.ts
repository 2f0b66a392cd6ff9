import type { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { PodSpec } from 'kubernetes-types/core/v1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingSecrets } from '../../../commands/secrets/missing-secrets';
import {
  Exchange,
  FederatedLearningCluster,
  ImageDiskMount,
  IngressController,
  KubeFateService,
} from '../../../constructs';
import {
  type ComputeProps,
  exchangePlan,
  type FateRelease,
  releases as fateReleases,
  imageDiskMountPlan,
  ingressControllerPlan,
  kubeFatePlan,
  type PartyProps,
  type PodProps,
  partyPlan,
  type SizingPreset,
  sizingPresets,
} from '../../../lib';
import { partyVolumes } from '../../../lib/fate/sizes';
import { exchangeDescriptorOf } from '../../support/declarations';
import { examples, filesOfExample, objectsIn } from '../../support/examples';
import { type AnyObject, containersOf, objectsOf, podOf, type Workload, workloadsOf } from '../../support/objects';
import { certifiedKey } from '../support/certified-key';
import { refusal, titled } from '../support/engines';
import { type ApiServer, startApiServer } from './api-server';
import type { Answer, Client } from './client';

const releases = ['1.19', '1.21', '1.24', '1.25', '1.28', '1.31', '1.37'];
const onEach = (what: string, releases: readonly string[], draw: (app: Construct, kubernetes: string) => Chart) =>
  releases.map((it): [string, AnyObject[]] => [`${what} on ${it}`, objectsOf((app) => draw(app, it))]);

/** Whatever may be said of pods. */
const pod = {
  nodeSelector: { 'example.com/pool': 'fate' },
  tolerations: [
    { key: 'example.com/fate', value: 'yes', effect: 'NoExecute', tolerationSeconds: 60 },
    { operator: 'Exists' },
  ],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['7'] }] }],
      },
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, preference: { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] } },
      ],
    },
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 1,
          podAffinityTerm: {
            topologyKey: 'topology.kubernetes.io/zone',
            labelSelector: { matchExpressions: [{ key: 'example.com/team', operator: 'Exists' }] },
            namespaces: ['fate-30000'],
          },
        },
      ],
    },
  },
  priorityClassName: 'system-cluster-critical', // one that every cluster has
  labels: { 'example.com/team': 'fl' },
  annotations: { 'example.com/cost-center': '4711' },
  environment: { HTTPS_PROXY: 'http://192.0.2.3:3128', NO_PROXY: '.svc,10.0.0.0/8' },
  timezone: 'Europe/Berlin',
} as const satisfies PodProps;
const pods = { all: pod as PodProps };
const annotations = { 'metallb.io/address-pool': 'fate' };
const balanced = { loadBalancerClass: 'metallb.io/metallb', annotations } as const;
const nodePort = (port: number) => ({ type: 'NodePort', nodePort: port, annotations }) as const;

/** All charts with every option of pods, Services, volumes and Ingresses. */
const everyKnob = (kubernetes: string): AnyObject[] => {
  const common = { kubernetes, pods, imagePullSecrets: ['harbor'], registry: 'harbor.example.com/fate' };
  const party = partyPlan({
    ...common,
    domain: 'example.com',
    id: 30000,
    exchange: exchangeDescriptorOf(),
    services: { nginx: nodePort(30930), pulsar: balanced },
    storageClass: false,
    storageClasses: { pulsar: 'fast' },
    backup: { to: { claimGiB: 9 }, schedule: '*/30 0-6,18 1 1-12/3 0' },
    retention: {},
    verification: { with: [40000] },
    ingress: {
      domain: 'example.net',
      uis: ['notebook', 'fateboard', 'spark', 'pulsar'],
      basicAuthSecret: 'users',
      hosts: { spark: 'spark.example.org' },
      annotations: { 'cert-manager.io/cluster-issuer': 'org1' },
      tlsSecret: { notebook: 'notebook-tls', fateboard: 'fateboard-tls' },
    },
  });
  const services = { trafficServer: nodePort(30443), nginx: balanced };
  const exchange = exchangePlan({ ...common, domain: 'example.com', services });
  const service = { type: 'NodePort', nodePort: { http: 30080, https: 30444 }, annotations } as const;
  const kubeFate = kubeFatePlan({
    ...common,
    release: '1.11.2',
    host: 'kubefate.example.com',
    parties: [party.namespace],
    exchange: exchange.namespace,
    ingress: {
      ingressClassName: 'contour',
      annotations: { 'cert-manager.io/cluster-issuer': 'org1' },
      tlsSecret: 'kubefate-tls',
    },
    storageClass: false,
    volumeGiB: 9,
  });
  return [
    (app: Construct) => new FederatedLearningCluster(app, party.namespace, party),
    (app: Construct) => new Exchange(app, exchange.namespace, exchange),
    (app: Construct) => new ImageDiskMount(app, 'image-disk-mount', imageDiskMountPlan(common)),
    (app: Construct) => new IngressController(app, 'ingress-nginx', ingressControllerPlan({ ...common, service })),
    (app: Construct) => new KubeFateService(app, kubeFate.namespace, kubeFate),
  ].flatMap(objectsOf);
};

/** All engines that somebody else can run for a party. */
const ofOthers = {
  mysql: { external: { host: 'mysql.example.com', database: 'fate_30000', user: 'fate-30000' } },
  pulsar: { external: { host: 'pulsar.example.com', public: { address: '192.0.2.80' } } },
  spark: {
    external: {
      masters: [{ host: 'spark.example.com' }],
      workers: { count: 2, cores: 4, memoryGiB: 16 },
      network: { ranges: ['192.0.2.128/25'], driver: { address: { reserved: '192.0.2.81' } } },
    },
  },
  hdfs: {
    external: {
      namenode: { host: 'files.example.com' },
      datanodes: { ranges: ['192.0.2.128/25'] },
      user: 'fate-30000',
    },
  },
} as const satisfies Partial<PartyProps>;

/** Objects that are put into a cluster together. */
const sets = new Map<string, AnyObject[]>([
  ...examples.map((it): [string, AnyObject[]] => [`example ${it}`, objectsIn(filesOfExample(it))]),
  ...(Object.keys(sizingPresets) as SizingPreset[]).flatMap((sizing) =>
    onEach(`a party of size ${sizing}`, ['1.24', '1.37'], (app, kubernetes) => {
      const plan = partyPlan({
        domain: 'example.com',
        id: 30000,
        sizing,
        kubernetes,
        exchange: exchangeDescriptorOf(),
      });
      return new FederatedLearningCluster(app, plan.namespace, plan);
    }),
  ),
  ...(Object.keys(fateReleases) as FateRelease[]).flatMap((fate) =>
    onEach(`a party of FATE ${fate}`, ['1.24', '1.37'], (app, kubernetes) => {
      const { algorithm, device } = fateReleases[fate].builds.at(-1) ?? {};
      const compute = { algorithm, device } as ComputeProps;
      const exchange = exchangeDescriptorOf({ fate });
      const backup = { to: { bucket: 'fate-backups', endpoint: 'https://s3.example.com' } };
      const plan = partyPlan({ domain: 'example.com', fate, id: 30000, kubernetes, compute, exchange, backup });
      return new FederatedLearningCluster(app, plan.namespace, plan);
    }),
  ),
  ...onEach('a party on claims that are there', ['1.24', '1.37'], (app, kubernetes) => {
    const existingClaims = Object.fromEntries(partyVolumes.map((it) => [it, `old-${it}`]));
    const trust = [{ name: 'example-org', certificate: certifiedKey('ca.example.org').ca }];
    const plan = partyPlan({ domain: 'example.com', id: 30000, kubernetes, datanodes: 1, existingClaims, trust });
    return new FederatedLearningCluster(app, plan.namespace, plan);
  }),
  ...onEach('a party on engines of others', ['1.24', '1.37'], (app, kubernetes) => {
    const plan = partyPlan({
      domain: 'example.com',
      id: 30000,
      kubernetes,
      exchange: exchangeDescriptorOf(),
      ...ofOthers,
    });
    return new FederatedLearningCluster(app, plan.namespace, plan);
  }),
  ...onEach('an exchange', releases, (app, kubernetes) => {
    const plan = exchangePlan({ domain: 'example.com', kubernetes });
    return new Exchange(app, plan.namespace, plan);
  }),
  ...['1.24', '1.37'].map((it): [string, AnyObject[]] => [`every option on ${it}`, everyKnob(it)]),
  ...onEach(
    'the image disk mount',
    releases,
    (app, kubernetes) => new ImageDiskMount(app, 'image-disk-mount', imageDiskMountPlan({ kubernetes })),
  ),
  ...onEach(
    'the ingress controller',
    releases.filter((it) => it !== '1.19'), // it needs policy/v1
    (app, kubernetes) => new IngressController(app, 'ingress-nginx', ingressControllerPlan({ kubernetes })),
  ),
]);

for (const release of ['1.37', '1.24']) {
  const refused = refusal(`kubernetes-${release}`) ?? refusal('kubernetes-1.37'); // whose etcd both have
  describe.skipIf(refused !== undefined)(titled(`Kubernetes ${release}`, refused), () => {
    const admitsByPolicy = release === '1.24';
    let server: ApiServer;

    beforeAll(async () => {
      server = await startApiServer(release, {
        flags: admitsByPolicy ? { 'enable-admission-plugins': 'PodSecurityPolicy' } : {},
      });
      if (admitsByPolicy) await createAll(server, [...tanzuPolicies, defaultAccount('default')]);
    });
    afterAll(() => server?.stop());

    test('a Secret of generated values takes no others, so that a second run changes no password', async () => {
      const party = partyPlan({ domain: 'example.com', id: 30000, kubernetes: release });
      const options = { existing: new Set<string>(), certificates: 'none', now: new Date() };
      const run = () => missingSecrets({ parties: [party] }, options).objects as readonly AnyObject[];
      const first = run();
      expect(first.map(({ kind }) => kind)).toEqual(['Namespace', 'Secret', 'Secret', 'Secret']);
      for (const object of first) expect(await apply(server, object)).toMatchObject({ status: 201, warnings: [] });
      const [namespace, ...secrets] = run();
      expect(await apply(server, namespace)).toMatchObject({ status: 200 });
      for (const secret of secrets) {
        const refused = { status: 422, body: { message: expect.stringContaining('field is immutable') } };
        expect(await apply(server, secret)).toMatchObject(refused);
      }
      await removeAll(server, first);
    });

    describe.each([...sets])('%s', (_, objects) => {
      const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
      const kinds = new Set([...namespaces, ...objects].map(kindOf));
      /** Namespaces whose pods are admitted as this release does it, and what each admits. */
      const levels = admitsByPolicy ? policyOf(objects) : levelOf(objects);
      const workloads = [...workloadsOf(objects), ...jobsOf(objects)].filter(({ metadata }) =>
        levels.has(`${metadata?.namespace}`),
      );

      afterAll(() => removeAll(server, objects));

      test.for([...kinds])(
        '%s: taken as written, read back the same, applied again without a change',
        async (kind, { skip }) => {
          for (const object of objects.filter((it) => kindOf(it) === kind)) {
            const collection = await server.collectionOf(object);
            if (collection === undefined) {
              expect(object.apiVersion).toContain('beta'); // nothing else is ever no longer served
              return skip(`this server does not serve ${kind}`);
            }
            const answer = await server.call('POST', `${collection}?fieldValidation=Strict`, object);
            expect(answer).toMatchObject({ status: 201, warnings: remarksOn(object) });
            if (!collection.includes('/namespaces/')) expect(object.metadata).not.toHaveProperty('namespace');
            const path = `${collection}/${object.metadata.name}`;
            const { body } = await server.call('GET', path);
            if (object.metadata.namespace !== foreign) expect(body).toMatchObject(object);
            const first = await applied(server, path, object);
            const second = await applied(server, path, object);
            expect(first.metadata.generation).toBe(body.metadata.generation);
            expect(withoutTimes(second)).toEqual(withoutTimes(first));
            if (release !== '1.24') expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
          }
        },
      );

      if (workloads.length === 0) return;
      test('a pod of every template is admitted, and only as the namespace allows', async () => {
        await createAll(server, [...levels.keys()].map(defaultAccount));
        for (const workload of workloads) {
          const namespace = `${workload.metadata?.namespace}`;
          const admitted = await admission(server, namespace, workload);
          expect(admitted).toMatchObject({ status: 201, warnings: [] });
          // A policy narrows what it can, `runAsNonRoot` for one, and the container would not start.
          expect(securityOf(admitted.body.spec)).toEqual(securityOf(podOf(workload)));
          if (levels.get(namespace) === 'privileged') continue;
          const refused = admitsByPolicy
            ? await admission(server, 'default', withDefaultAccount(workload)) // which is bound to no policy
            : await admission(server, namespace, withHostNetwork(workload));
          expect(refused).toMatchObject({ status: 403, body: { message: expect.stringMatching(/PodSecurity/) } });
        }
      });
    });
  });
}

/** Namespace of cdk8s-plus-27's objects, with spellings (`2048Mi`) that a server reads and does not keep. */
const foreign = 'portal';

/** Pod Security level of each namespace that declares one. */
const levelOf = (objects: readonly AnyObject[]) =>
  new Map<string, string>(
    objects
      .filter(({ kind, metadata: { labels } }) => kind === 'Namespace' && labels?.[enforce] !== undefined)
      .map(({ metadata: { name, labels } }) => [name, labels[enforce]]),
  );
const enforce = 'pod-security.kubernetes.io/enforce';

/** PodSecurityPolicy of each namespace whose accounts are bound to one. */
const policyOf = (objects: readonly AnyObject[]) =>
  new Map<string, string>(
    objects
      .filter(({ kind, roleRef }) => kind === 'RoleBinding' && roleRef.name.startsWith('psp:'))
      .map(({ roleRef, metadata: { namespace } }) => [namespace, roleRef.name]),
  );

/** What CronJobs make. */
const jobsOf = (objects: readonly AnyObject[]) =>
  objects
    .filter(({ kind }) => kind === 'CronJob')
    .map(({ metadata, spec }) => ({ kind: 'Job', metadata, spec: spec.jobTemplate.spec })) as AnyObject[];

/** Betas are drawn for releases that have nothing newer. */
const remarksOn = ({ apiVersion }: AnyObject) =>
  apiVersion.includes('beta') ? [expect.stringContaining(`${apiVersion} `)] : [];

/** Kubernetes 1.24 notes when a StatefulSet with claims was applied, also when that changed nothing. */
const withoutTimes = ({ metadata: { resourceVersion: _, managedFields, ...metadata }, ...object }: AnyObject) => ({
  ...object,
  metadata: { ...metadata, managedFields: managedFields.map(({ time, ...entry }: AnyObject) => entry) },
});

const kindOf = ({ apiVersion, kind }: AnyObject): string => `${kind} of ${apiVersion}`;

async function apply(server: Client, object: AnyObject): Promise<Answer> {
  return applyAt(server, `${await server.collectionOf(object)}/${object.metadata.name}`, object);
}

function applyAt(server: Client, path: string, object: AnyObject): Promise<Answer> {
  const query = 'fieldManager=test&force=true&fieldValidation=Strict';
  return server.call('PATCH', `${path}?${query}`, object, { contentType: 'application/apply-patch+yaml' });
}

async function applied(server: Client, path: string, object: AnyObject): Promise<AnyObject> {
  const answer = await applyAt(server, path, object);
  expect(answer).toMatchObject({ status: 200, warnings: remarksOn(object) });
  return answer.body;
}

async function createAll(server: Client, objects: readonly AnyObject[]): Promise<void> {
  for (const object of objects) {
    const { status, body } = await server.call('POST', `${await server.collectionOf(object)}`, object);
    if (status !== 201 && status !== 409) throw new Error(`${kindOf(object)}: ${JSON.stringify(body)}`);
  }
}

/** The next set may have objects of the same names. Nobody else finalizes namespaces here. */
async function removeAll(server: Client, objects: readonly AnyObject[]): Promise<void> {
  for (const object of [...objects].reverse()) {
    const collection = await server.collectionOf(object);
    if (collection === undefined) continue;
    const path = `${collection}/${object.metadata.name}`;
    const { status, body: deleted } = await server.call('DELETE', path);
    if (object.kind === 'PersistentVolumeClaim')
      // nobody is here who would see that no pod has it
      await server.call('PUT', path, { ...deleted, metadata: { ...deleted.metadata, finalizers: [] } });
    if (object.kind !== 'Namespace' || status !== 200) continue;
    const { body } = await server.call('GET', path);
    await server.call('PUT', `${path}/finalize`, { ...body, spec: { finalizers: [] } });
  }
}

/** What the controller of a workload gets when it creates the first pod. Nothing is kept of it. */
function admission(server: Client, namespace: string, workload: Workload): Promise<Answer> {
  const { metadata, spec } = workload.spec?.template ?? {};
  const claims =
    'volumeClaimTemplates' in (workload.spec ?? {}) ? (workload as StatefulSet).spec?.volumeClaimTemplates : [];
  const volumes = claims?.map(({ metadata: { name } = {} }) => ({
    name,
    persistentVolumeClaim: { claimName: `${name}-0` },
  }));
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: `${workload.metadata?.name}-0`, namespace },
    spec: { ...spec, volumes: [...(spec?.volumes ?? []), ...(volumes ?? [])] },
  };
  return server.call('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`, pod, {
    as: `system:serviceaccount:kube-system:${controllers[`${workload.kind}`]}`,
  });
}

const controllers: Readonly<Record<string, string>> = {
  Deployment: 'replicaset-controller',
  StatefulSet: 'statefulset-controller',
  DaemonSet: 'daemon-set-controller',
  Job: 'job-controller',
};

const securityOf = (pod: PodSpec) => containersOf(pod).map(({ securityContext }) => securityContext);

const withDefaultAccount = (workload: Workload): Workload => {
  const changed = structuredClone(workload);
  podOf(changed).serviceAccountName = 'default';
  return changed;
};

const withHostNetwork = (workload: Workload): Workload => {
  const changed = structuredClone(workload);
  podOf(changed).hostNetwork = true;
  return changed;
};

/** The controller manager makes one in every namespace, and none runs here. */
const defaultAccount = (namespace: string): AnyObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'default', namespace },
});

const policy = (name: string, spec: object): AnyObject[] => [
  { apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', metadata: { name }, spec },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: `psp:${name}` },
    rules: [{ apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use'], resourceNames: [name] }],
  },
];

/** The two policies of a Tanzu Kubernetes cluster: anything, and what needs no privilege. Neither lists a seccomp profile. */
const tanzuPolicies = [
  ...policy('vmware-system-privileged', {
    privileged: true,
    allowPrivilegeEscalation: true,
    allowedCapabilities: ['*'],
    volumes: ['*'],
    hostNetwork: true,
    hostPorts: [{ min: 0, max: 65535 }],
    hostIPC: true,
    hostPID: true,
    runAsUser: { rule: 'RunAsAny' },
    seLinux: { rule: 'RunAsAny' },
    supplementalGroups: { rule: 'RunAsAny' },
    fsGroup: { rule: 'RunAsAny' },
  }),
  ...policy('vmware-system-restricted', {
    privileged: false,
    allowPrivilegeEscalation: false,
    requiredDropCapabilities: ['ALL'],
    volumes: ['configMap', 'emptyDir', 'projected', 'secret', 'downwardAPI', 'persistentVolumeClaim'],
    runAsUser: { rule: 'MustRunAsNonRoot' },
    seLinux: { rule: 'RunAsAny' },
    supplementalGroups: { rule: 'MustRunAs', ranges: [{ min: 1, max: 65535 }] },
    fsGroup: { rule: 'MustRunAs', ranges: [{ min: 1, max: 65535 }] },
  }),
];
