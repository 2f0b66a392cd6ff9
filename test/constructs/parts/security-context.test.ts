import type { Construct } from 'constructs';
import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import { describe, expect, test } from 'vitest';
import {
  Exchange,
  FederatedLearningCluster,
  ImageDiskMount,
  IngressController,
  KubeFateService,
  ToyExample,
} from '../../../constructs';
import type { WholeChart } from '../../../constructs/app/whole-chart';
import {
  exchangePlan,
  type FateRelease,
  imageDiskMountPlan,
  ingressControllerPlan,
  kubeFatePlan,
  partyPlan,
} from '../../../lib';
import { releases } from '../../../lib/fate/releases';
import { type Rights, rights } from '../../../lib/kubernetes/rights';
import { exchangeDescriptorOf } from '../../support/declarations';
import { examples, filesOfExample, objectsIn } from '../../support/examples';
import { type AnyObject, containersOf, objectsOf, podOf } from '../../support/objects';

const domain = 'example.com';
const backups = [{ claimGiB: 9 }, { bucket: 'fate-backups', endpoint: 'https://s3.example.com' }];

/** Every chart, with every option that adds pods or containers. */
const charts = (kubernetes: string): readonly ((app: Construct) => WholeChart)[] => [
  ...(Object.keys(releases) as FateRelease[]).flatMap((fate) => {
    const options = { domain, fate, kubernetes, monitoring: {} };
    return [
      ...backups.map((to) => (app: Construct) => {
        const plan = partyPlan({ ...options, id: 30000, exchange: exchangeDescriptorOf({ fate }), backup: { to } });
        const chart = new FederatedLearningCluster(app, plan.namespace, plan);
        new ToyExample(chart, 'toy-example', { plan });
        return chart;
      }),
      (app: Construct) => new Exchange(app, 'exchange', exchangePlan(options)),
    ];
  }),
  (app) => new ImageDiskMount(app, 'image-disk-mount', imageDiskMountPlan({ kubernetes })),
  (app) => new IngressController(app, 'ingress-nginx', ingressControllerPlan({ kubernetes })),
  (app) =>
    new KubeFateService(
      app,
      'kube-fate',
      kubeFatePlan({ kubernetes, release: '1.11.2', host: 'kubefate.example.com', clusterWide: true }),
    ),
];

/** Objects that are put into a cluster together. */
const sets = [
  ...examples.map((it) => objectsIn(filesOfExample(it))),
  ...['1.21', '1.24', '1.37'].flatMap((it) => charts(it).map(objectsOf)),
];

/** Rows of the table, by the containers that they are of. */
const rowsOf: Readonly<Record<string, readonly (keyof typeof rights)[]>> = {
  mysql: ['mysql'],
  'ping-mysql': ['pingMysql'],
  python: ['fateflow'],
  fateflow: ['fateflow'],
  fateboard: ['fateboard'],
  client: ['client'],
  'spark-master': ['sparkMaster'],
  'spark-worker': ['sparkWorker'],
  namenode: ['namenode'],
  datanode: ['datanode'],
  pulsar: ['pulsar27', 'pulsar210'],
  nginx: ['nginx'],
  'traffic-server': ['trafficServer'],
  json: ['exporter'],
  blackbox: ['exporter'],
  'toy-example': ['toyExample'],
  dump: ['backupDump'],
  store: ['backupStore'],
  fetch: ['backupStore'],
  load: ['backupLoad'],
  kubefate: ['kubefate'],
  'wait-for-database': ['pingMysql'],
  mariadb: ['mariadb'],
  controller: ['ingressController', 'ingressControllerBefore25'],
  'image-disk-mount': ['imageDiskMount'],
};

interface Run {
  readonly pod: PodSpec;
  readonly container: Container;
}

/** Of cdk8s-plus-27, beside ours. */
const foreign = 'portal';

const withPods = (objects: readonly AnyObject[]) =>
  objects.filter(({ apiVersion, metadata }) => /^(apps|batch)\//.test(apiVersion) && metadata.namespace !== foreign);
const runsOf = (objects: readonly AnyObject[]): Run[] =>
  withPods(objects)
    .map(podOf)
    .flatMap((pod) => containersOf(pod).map((container) => ({ pod, container })));

/** What a container has beyond the least, as far as Kubernetes knows. What is not asked for is what runtimes give. */
function beyondTheLeast({ pod, container: { securityContext: own = {} } }: Run): readonly string[] {
  const { runAsNonRoot, runAsUser = 0 } = own;
  const { capabilities: { drop = [], add = [] } = {} } = own;
  return [
    ...(runAsNonRoot && runAsUser > 0 ? [] : ['root']),
    ...(drop.includes('ALL') ? [] : ['what runtimes give']),
    ...add,
    ...(own.allowPrivilegeEscalation === false ? [] : ['escalates']),
    ...(own.readOnlyRootFilesystem ? [] : ['writesImage']),
    ...(pod.automountServiceAccountToken === false ? [] : ['token']),
    ...(pod.hostPID || pod.hostNetwork || pod.hostIPC || pod.volumes?.some((it) => it.hostPath) ? ['node'] : []),
    ...(own.privileged ? ['privileged'] : []),
  ].sort();
}

/** The same, as the table has it. */
const excepted = ({ capabilities = {}, ...row }: Rights): readonly string[] =>
  [
    ...Object.keys(capabilities),
    ...['root', 'escalates', 'writesImage', 'token', 'node'].filter((it) => it in row),
  ].sort();

describe('of every example and every chart, with every option that has pods', () => {
  const runs = sets.flatMap(runsOf);

  test('no container has more than the table gives it a reason for, and none less', () => {
    const found = new Map(runs.map((run) => [JSON.stringify([run.container.name, beyondTheLeast(run)]), run]));
    for (const run of found.values()) {
      const { name } = run.container;
      // A token is the pod's; those beside the one that needs it are seen by nobody.
      const allowed = (rowsOf[name] ?? []).map((row) => excepted(rights[row]));
      const beside = containersOf(run.pod).some(
        (it) => it !== run.container && rowsOf[it.name]?.some((row) => 'token' in rights[row]),
      );
      expect(allowed, name).toContainEqual(beyondTheLeast(run).filter((it) => !(beside && it === 'token')));
    }
  });

  test('every row is of a container that is drawn', () => {
    const drawn = new Set(runs.map(({ container }) => container.name));
    expect(Object.keys(rowsOf).filter((it) => !drawn.has(it))).toEqual([]);
    expect(Object.values(rowsOf).flat().sort()).toEqual(expect.arrayContaining(Object.keys(rights)));
    const exceptions = new Set(runs.map((run) => JSON.stringify(beyondTheLeast(run))));
    for (const row of Object.values(rights)) expect(exceptions).toContain(JSON.stringify(excepted(row)));
  });

  test('what a container writes to in a read-only image is an empty volume, and no other container has it', () => {
    for (const { pod, container } of runs) {
      const [row] = rowsOf[container.name] ?? [];
      const given: Rights | undefined = row && rights[row];
      for (const path of given?.writes ?? []) {
        const volume = container.volumeMounts?.find(({ mountPath }) => mountPath === path)?.name;
        expect(pod.volumes, `${container.name} ${path}`).toContainEqual({ name: volume, emptyDir: {} });
        const mounts = containersOf(pod).flatMap((it) => it.volumeMounts ?? []);
        expect(mounts.filter(({ name }) => name === volume)).toHaveLength(1);
      }
    }
  });

  test('the system calls of every pod are filtered where that can be said', () => {
    for (const objects of sets.slice(-charts('1.37').length)) {
      for (const { pod } of runsOf(objects)) expect(pod.securityContext?.seccompProfile?.type).toBe('RuntimeDefault');
    }
  });

  test('the level of every namespace is the lowest at which its pods are admitted', () => {
    const label = 'pod-security.kubernetes.io/enforce';
    for (const objects of sets) {
      for (const namespace of objects.filter(
        ({ kind, metadata }) => kind === 'Namespace' && metadata.labels?.[label],
      )) {
        const { name, labels } = namespace.metadata;
        const own = runsOf(objects.filter(({ metadata }) => metadata.namespace === name));
        if (own.length > 0) expect(labels[label], name).toBe(lowestLevel(own.flatMap(beyondTheLeast)));
      }
    }
  });
});

/** @see Kubernetes, "Pod Security Standards" */
function lowestLevel(has: readonly string[]): string {
  if (['node', 'privileged'].some((it) => has.includes(it))) return 'privileged';
  const restricted = ['writesImage', 'token', 'NET_BIND_SERVICE'];
  return has.every((it) => restricted.includes(it)) ? 'restricted' : 'baseline';
}
