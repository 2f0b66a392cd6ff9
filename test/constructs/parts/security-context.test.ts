import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
        const more = { backup: { to }, retention: {}, pulsar: { cluster: 'bucket' in to } };
        const plan = partyPlan({ ...options, id: 30000, exchange: exchangeDescriptorOf({ fate }), ...more });
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
  'pulsar-zookeeper': ['pulsar27', 'pulsar210'],
  metadata: ['pulsar27', 'pulsar210'],
  'pulsar-bookie': ['pulsar27', 'pulsar210'],
  recovery: ['pulsar27', 'pulsar210'],
  'wait-for-bookie': ['pulsarWait'],
  'pulsar-proxy': ['pulsar27', 'pulsar210'],
  nginx: ['nginx'],
  'traffic-server': ['trafficServer'],
  json: ['exporter'],
  blackbox: ['exporter'],
  'toy-example': ['toyExample'],
  dump: ['backupDump'],
  store: ['backupStore'],
  fetch: ['backupStore'],
  load: ['backupLoad'],
  retention: ['retention'],
  kubefate: ['kubefate'],
  'wait-for-database': ['pingMysql'],
  mariadb: ['mariadb'],
  controller: ['ingressController', 'ingressControllerBefore25'],
  'image-disk-mount': ['imageDiskMount'],
};

/** Rows of the page's table, and which containers' each is. */
const titles: Readonly<Record<string, readonly (keyof typeof rights)[]>> = {
  'MySQL, MariaDB, their clients': ['mysql', 'mariadb', 'pingMysql', 'backupLoad'],
  'FATE Flow, FATE Board, notebook': ['fateflow', 'fateboard', 'client'],
  'Spark master': ['sparkMaster'],
  'Spark worker': ['sparkWorker'],
  HDFS: ['namenode', 'datanode'],
  'Pulsar 2.7': ['pulsar27'],
  'Pulsar 2.10': ['pulsar210'],
  nginx: ['nginx'],
  'Traffic Server': ['trafficServer'],
  'Exporters, toy example, what waits for a bookie': ['exporter', 'toyExample', 'pulsarWait'],
  'Backup: dump, store, fetch': ['backupDump', 'backupStore'],
  'Retention of logs': ['retention'],
  "KubeFATE's service": ['kubefate'],
  'Ingress controller': ['ingressController', 'ingressControllerBefore25'],
  'Image disk mount': ['imageDiskMount'],
};
const page = readFileSync(join(__dirname, '../../../docs/security.md'), 'utf8');
const [, , ...lines] = page.split('\n').filter((line) => line.startsWith('|'));
const documented = lines.map((line) => {
  const [title = '', user = '', given = '', writes = ''] = line
    .split('|')
    .slice(1)
    .map((cell) => cell.trim());
  return { title, user, given, writes: writes.replace(/;.*/, ''), rows: titles[title] ?? [] };
});

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

  test('docs/security.md has each row, as it is', () => {
    expect(documented.flatMap(({ rows }) => rows).sort()).toEqual(Object.keys(rights).sort());
    for (const { title, user, given, writes, rows } of documented) {
      for (const row of rows) {
        expect('root' in rights[row] ? 'root' : `${rights[row].user}`, title).toBe(user);
        const told = [
          ...(given.match(/[A-Z_]{5,}|token|node/g) ?? []),
          ...(user === 'root' ? ['root'] : []),
          ...(writes === 'yes' ? ['writesImage'] : []),
        ];
        expect(told.sort(), title).toEqual(excepted(rights[row]).filter((it) => it !== 'escalates')); // up to 1.24
      }
    }
  });

  test('pods that do not pass level `restricted` are those that the page says', () => {
    const passing = new Set(documented.filter(({ user, given }) => passes(user, given)).flatMap(({ rows }) => rows));
    const withoutToken = (has: readonly string[]) => JSON.stringify(has.filter((it) => it !== 'token'));
    const isSaid = (run: Run) =>
      rowsOf[run.container.name]
        ?.filter((row) => withoutToken(excepted(rights[row])) === withoutToken(beyondTheLeast(run)))
        .every((row) => passing.has(row));
    const pods = sets.slice(-charts('1.37').length).flatMap(withPods).map(podOf);
    const found = pods.map((pod) => {
      const said = containersOf(pod).every((container) => isSaid({ pod, container }));
      expect(
        isRestricted(pod),
        containersOf(pod)
          .map(({ name }) => name)
          .join(),
      ).toBe(said);
      return said;
    });
    expect(new Set(found).size).toBe(2);
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

/** As the page says below its table. */
const passes = (user: string, given: string): boolean =>
  user !== 'root' && /^(NET_BIND_SERVICE)?(, )?(a token)?$/.test(given);

/** Whether a pod keeps to it. @see Kubernetes, "Pod Security Standards" */
function isRestricted(pod: PodSpec): boolean {
  const volumes = [
    'configMap',
    'csi',
    'downwardAPI',
    'emptyDir',
    'ephemeral',
    'persistentVolumeClaim',
    'projected',
    'secret',
  ];
  return (
    (pod.volumes ?? []).every((volume) =>
      Object.keys(volume).every((key) => key === 'name' || volumes.includes(key)),
    ) &&
    !(pod.hostNetwork || pod.hostPID || pod.hostIPC) &&
    containersOf(pod).every(({ securityContext = {}, ports = [] }) => {
      const { capabilities: { drop = [], add = [] } = {} } = securityContext;
      return (
        securityContext.allowPrivilegeEscalation === false &&
        (securityContext.runAsNonRoot ?? pod.securityContext?.runAsNonRoot) === true &&
        securityContext.runAsUser !== 0 &&
        (securityContext.seccompProfile ?? pod.securityContext?.seccompProfile)?.type === 'RuntimeDefault' &&
        drop.includes('ALL') &&
        add.every((it) => it === 'NET_BIND_SERVICE') &&
        ports.every(({ hostPort }) => hostPort === undefined)
      );
    })
  );
}
