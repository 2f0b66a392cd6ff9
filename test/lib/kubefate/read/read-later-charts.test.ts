import { describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../../constructs';
import {
  clusterFile,
  clusterYaml,
  exchangePlan,
  type PartyPlan,
  partyPlan,
  readClusterFile,
  upgradePlan,
} from '../../../../lib';
import { partyCharts } from '../../../../lib/kubefate/charts';
import { refuseFatalLimits } from '../../../../lib/kubefate/write/cluster-file';
import { problemsOf } from '../../../support/declarations';
import { type AnyObject, objectsOf } from '../../../support/objects';

/** A party of chart 1.11.2 as an operator writes it: few keys, and one build of many. */
const partyFile = `name: fate-9999
namespace: fate-9999
chartName: fate
chartVersion: v1.11.2
partyId: 9999
registry: ""
persistence: true
podSecurityPolicy: {enabled: false}
ingressClassName: nginx
modules: [mysql, python, fateboard, client, spark, hdfs, nginx, pulsar]
computing: Spark
federation: Pulsar
storage: HDFS
algorithm: NN
device: GPU
skippedKeys: [route_table]
ingress:
  client: {hosts: [{name: notebook.example.org}]}
mysql: {subPath: mysql, storageClass: gold, size: 2Gi}
client: {subPath: client, storageClass: gold, size: 2Gi, notebook_hashed_password: "sha1:opensesame"}
python:
  storageClass: gold
  size: 20Gi
  logLevel: DEBUG
  resources:
    requests: {cpu: "2", memory: 4Gi, nvidia.com/gpu: 1}
    limits: {cpu: "4", memory: 8Gi, nvidia.com/gpu: 1}
  pulsar: {host: pulsar, mng_port: 8080, port: 6650, topic_ttl: 20, cluster: standalone, tenant: fl-tenant}
fateboard: {username: admin, password: opensesame, nodeSelector: {zone: a}}
spark:
  worker: {Image: harbor.example.com/own/worker, ImageTag: "7", replicas: 3}
hdfs:
  namenode: {storageClass: gold, size: 2Gi}
  datanode: {storageClass: gold, size: 30Gi, replicas: 2}
nginx:
  type: LoadBalancer
  exchange: {ip: 192.0.2.69, httpPort: 9300, grpcPort: 9310}
pulsar:
  storageClass: gold
  size: 8Gi
  resources: {limits: {cpu: "4", memory: 8Gi}}
  confs: {backlogQuotaDefaultLimitGB: 6, brokerDeleteInactiveTopicsFrequencySeconds: 30}
  publicLB: {enabled: true}
  exchange: {ip: 192.0.2.68, port: 443, domain: example.com}
`;

function asParty(text: string) {
  const read = readClusterFile(text);
  if (read.kind !== 'party') throw new Error(read.kind);
  return read;
}
const withoutData = ({ differences }: ReturnType<typeof asParty>) =>
  differences.filter(({ concerns }) => concerns === 'data').map(({ path }) => path);
function party(text: string) {
  const read = asParty(text);
  return {
    ...read,
    plan: partyPlan({ domain: 'example.com', ...read.declare({ withoutData: withoutData(read) }) }),
  };
}
const named = ({ differences }: { differences: readonly { path: string }[] }) => differences.map(({ path }) => path);
const without = (line: RegExp) => {
  expect(partyFile).toMatch(line);
  return partyFile.replace(line, '');
};

test('what chart 1.11.2 takes beyond the one of 1.6.1 is read', () => {
  const { plan } = party(partyFile);
  expect(plan).toMatchObject({
    fate: '1.11.2',
    kubernetes: '1.25',
    compute: { algorithm: 'nn', device: 'gpu', gpus: 1 },
    images: {
      fateflow: 'federatedai/fateflow-spark-nn-gpu:1.11.2-release',
      sparkWorker: 'harbor.example.com/own/worker:7',
      sparkMaster: 'federatedai/spark-master:1.11.2-release',
    },
    pulsar: { backlogGiB: 6, readMinutes: 20 },
    pods: { fateboard: { nodeSelector: { zone: 'a' } } },
    ingress: { hosts: { notebook: 'notebook.example.org' } },
    exchange: { fate: '1.11.2', nginx: { address: '192.0.2.69' } },
  });
  expect(plan.sizing).toMatchObject({ datanodes: 2, sparkWorkers: 3 });
  expect(plan.sizing.containers.pulsar.limits).toEqual({ cpu: 4, memoryGiB: 8 });
});

test('all else of it is named, and no password is repeated', () => {
  const read = party(partyFile);
  expect(named(read)).toEqual([
    'persistence',
    'skippedKeys[0]',
    'client.notebook_hashed_password',
    'python.logLevel',
    'fateboard.password',
    'nginx.exchange.grpcPort',
    'pulsar.confs.brokerDeleteInactiveTopicsFrequencySeconds',
    'ingress.fateboard',
    'ingress.spark',
    'ingress.pulsar',
  ]);
  expect(JSON.stringify(read.differences)).not.toContain('opensesame');
  expect(read.differences[0]?.reason).toBe(
    'the data are in claims of the chart, data-mysql-0, python-data-python-0, persistence-client-0, dfs-namenode-0, dfs-datanode-0 to dfs-datanode-1, pulsar-data-pulsar-0 (native objects in the same namespace would take data-mysql-0 for their own)',
  );
});

test.each<[string, string, object]>([
  [
    'no build',
    without(/^algorithm.*\ndevice.*\n/m).replaceAll(', nvidia.com/gpu: 1', ''),
    { compute: { algorithm: 'basic', device: 'cpu', gpus: 0 } },
  ],
  ['no number of datanodes', partyFile.replace(', replicas: 2', ''), { sizing: { datanodes: 3 } }],
  ['policies for pods', partyFile.replace('{enabled: false}', '{enabled: true}'), { kubernetes: '1.24' }],
  ['another class', partyFile.replace('ClassName: nginx', 'ClassName: own'), { ingress: { ingressClassName: 'own' } }],
  [
    'a tag alone',
    partyFile.replace('Image: harbor.example.com/own/worker, ', ''),
    { images: { sparkWorker: 'federatedai/spark-worker-nn-gpu:7' } },
  ],
  [
    'a registry',
    partyFile.replace('registry: ""', 'registry: harbor.example.com/fate'),
    { images: { mysql: 'harbor.example.com/fate/mysql:8.0.28' } },
  ],
])('with %s, the plan has what the chart would run', (_, text, plan) => {
  expect(party(text).plan).toMatchObject(plan);
});

test('a Spark worker without resources is promised what the chart promises, and has as much at most', () => {
  const quantity = { cpu: 4, memoryGiB: 8 };
  expect(party(partyFile).plan.sizing.containers.sparkWorker).toEqual({ requests: quantity, limits: quantity });
});

test('an interface is closed by the annotation alone that a file of this library has', () => {
  const closed = `${partyFile.replace(/^ingress:\n.*\n/m, '')}ingress:
  client: {hosts: [{name: 9999.notebook.example.com}]}
  spark: {annotations: {nginx.ingress.kubernetes.io/whitelist-source-range: 127.0.0.1/32}, hosts: [{name: 9999.spark.example.com}]}
  pulsar: {annotations: {nginx.ingress.kubernetes.io/whitelist-source-range: 192.0.2.0/24}, hosts: [{name: 9999.pulsar.example.com}]}
`;
  const { plan, differences } = party(closed);
  expect(Object.keys(plan.ingress.hosts)).toEqual(['notebook', 'pulsar']);
  expect(plan.ingress.annotations).toEqual({});
  expect(differences.map(({ path }) => path).join()).toContain('pulsar.annotations.nginx');
});

test('the annotation that older charts name the class by is told of: Kubernetes refuses both', () => {
  const { differences } = party(
    partyFile.replace('client: {hosts', 'client: {annotations: {kubernetes.io/ingress.class: nginx}, hosts'),
  );
  const told = differences.find(({ path }) => path.endsWith('kubernetes.io/ingress.class'));
  expect(told?.reason).toMatch(/refuses/);
});

describe('is refused with its place', () => {
  test.each<[string, string, string[]]>([
    ['Eggroll', partyFile.replace('computing: Spark', 'computing: Eggroll'), ['line 11, computing']],
    ['RabbitMQ', partyFile.replace('federation: Pulsar', 'federation: RabbitMQ'), ['line 12, federation']],
    [
      'Spark in one process',
      partyFile.replace('Spark\n', 'Spark_local\n').replace('HDFS', 'LocalFS'),
      ['line 11, computing', 'line 13, storage'],
    ],
    ['no engine', without(/^storage.*\n/m), ['line 1, storage']],
    ['a build in small letters', partyFile.replace('NN', 'nn'), ['line 14, algorithm']],
    ['a build that there is not', partyFile.replace('device: GPU', 'device: IPCL'), ['line 14, algorithm']],
    ['half a GPU', partyFile.replaceAll('gpu: 1', 'gpu: "500m"'), ['line 27, python.resources.limits.nvidia.com/gpu']],
    ['a key of chart 2.0.0', `${partyFile}osx: {type: ClusterIP}\n`, ['line 45, osx.type']],
    ['an image of chart 2.0.0', partyFile.replace('Image: harbor', 'image: harbor'), ['line 31, spark.worker.image']],
  ])('%s', (_, text, places) => {
    const problems = problemsOf(() => readClusterFile(text));
    expect(problems.map(({ path }) => path)).toEqual(places);
  });
});

test('what a topic may hold beyond its volume, or without bound, is named and not taken over', () => {
  for (const limit of ['9', '-1']) {
    const read = party(partyFile.replace('LimitGB: 6', `LimitGB: ${limit}`));
    expect(named(read)).toContain('pulsar.confs.backlogQuotaDefaultLimitGB');
    expect(read.plan.pulsar.backlogGiB).toBe(4);
  }
});

test('an exchange of chart 1.11.2 is one of FATE 1.11.2, under the one tag that the chart has', () => {
  const text = `name: fate-exchange
namespace: fate-exchange
chartName: fate-exchange
chartVersion: v1.11.2
partyId: 1
imageTag: 1.6.1-release
modules: [trafficServer, nginx]
trafficServer:
  type: LoadBalancer
  replicas: 2
  route_table: {sni: [{fqdn: 9999.example.com, tunnelRoute: "192.0.2.73:6651"}]}
nginx:
  type: LoadBalancer
  replicas: 2
  route_table: {9999: {fateflow: [{host: 192.0.2.72, http_port: 9300}]}}
`;
  const read = readClusterFile(text);
  if (read.kind !== 'exchange') throw new Error(read.kind);
  expect(exchangePlan({ domain: 'example.com', ...read.declaration })).toMatchObject({
    fate: '1.11.2',
    images: { nginx: 'federatedai/nginx:1.11.2-release' },
    parties: [{ id: 9999, fate: '1.11.2' }],
  });
  expect(named(read)).toEqual(['imageTag']);
});

describe('a file of chart 2.0.0', () => {
  const text = partyFile
    .replace('v1.11.2', 'v2.0.0')
    .replace('registry: ""', 'registry: harbor.example.com/')
    .replace('Image: harbor.example.com/own/worker, ImageTag: "7"', 'imageTag: "7"')
    .replace('mysql: {', 'mysql: {image: own/mysql, ');

  test('is read as a party that native objects can be, with the images that the chart would run', () => {
    expect(party(text).plan).toMatchObject({
      fate: '2.0.0',
      driver: 'native',
      exchange: { fate: '2.0.0', trafficServer: { address: '192.0.2.68' } },
      images: {
        mysql: 'harbor.example.com/own/mysql:8.0.28',
        sparkWorker: 'harbor.example.com/federatedai/spark-worker-nn-gpu:7',
      },
    });
  });

  test('is told what the chart reads nowhere, and of other engines where they are', () => {
    const read = party(`${text}osx: {type: ClusterIP}\n`);
    expect(read.differences.find(({ path }) => path === 'python.logLevel')?.reason).toMatch(/reads it/);
    expect(named(read)).toContain('osx.type');
    const problems = problemsOf(() => readClusterFile(text.replace('federation: Pulsar', 'federation: OSX')));
    expect(problems.map(({ path }) => path)).toEqual(['line 12, federation']);
  });

  test('with an exchange is no file for KubeFATE again: the error says what would work', () => {
    const read = readClusterFile(text);
    if (read.kind !== 'party') throw new Error(read.kind);
    const plan = partyPlan({ domain: 'example.com', ...read.declare({ driver: 'kubefate' }) });
    const [problem] = problemsOf(() => refuseFatalLimits('fate-9999 with KubeFATE', clusterFile(plan)));
    expect(problem).toMatchObject({
      path: 'exchange',
      what: expect.stringContaining('FATE 1.11.2, or native objects'),
    });
  });
});

describe.each(partyCharts)('claims of chart $version', ({ fate, claims }) => {
  const made = partyPlan({ domain: 'example.com', id: 9999, fate, driver: 'kubefate', transport: 'open' });
  const read = (more: object = {}, namespace = made.namespace) => {
    const file = clusterFile({ ...made, namespace });
    return asParty(clusterYaml({ ...file, values: { ...file.values, ...more } }));
  };
  const dataOf = ({ differences }: ReturnType<typeof read>, path: string) =>
    differences.find((each) => each.path === path)?.reason;
  const declared = (it: ReturnType<typeof read>) =>
    partyPlan({ domain: 'example.com', ...it.declare({ withoutData: withoutData(it) }) });

  test('that native objects would take for their own are named, and no others', () => {
    const drawn = claimsOf(declared(read()));
    const [, found] = /would take (.*) for their own/.exec(`${dataOf(read(), 'persistence')}`) ?? [];
    expect(found?.split(' and ') ?? []).toEqual(Object.values(claims).filter((claim) => drawn.includes(claim)));
  });

  test('that somebody has made are named, too, when native objects would take them', () => {
    const python = (existingClaim: string) => ({ python: { existingClaim } });
    const path = 'python.existingClaim';
    expect(dataOf(read(python('data-fateflow-0')), path)).toContain('would take data-fateflow-0 for their own');
    expect(dataOf(read(python('models')), path)).not.toContain('would take');
  });

  test.each([
    ['where the chart keeps them', { persistence: true }],
    ['where the data are in the pods', { persistence: false }],
  ])('are in no namespace of native objects, %s', (_, more) => {
    expect(declared(read(more)).namespace).toBe('fate-9999-native');
    expect(read(more).declare({ driver: 'kubefate', withoutData: withoutData(read(more)) }).namespace).toBeUndefined();
  });

  test('are moved to what is declared: the plan takes it, and refuses it in the namespace of KubeFATE', () => {
    const accept = ['messages', 'tables', 'records', 'models'] as const;
    const native = declared(read());
    expect(upgradePlan(made, native, { accept }).member).toBe('fate-9999-native');
    const inPlace = partyPlan({ ...partyProps(native), namespace: made.namespace });
    const [problem] = problemsOf(() => upgradePlan(made, inPlace, { accept }));
    expect(problem).toMatchObject({ path: 'namespace', remedy: expect.stringContaining(`"${native.namespace}"`) });
  });

  test('stay apart when the namespace has the longest name that there is', () => {
    expect(declared(read({}, 'n'.repeat(63))).namespace).toBe('fate-9999-native');
  });
});

const partyProps = ({ id, fate }: PartyPlan) => ({ domain: 'example.com', id, fate, transport: 'open' as const });

/** Claims of the pods of StatefulSets, as Kubernetes names them. */
const claimsOf = (plan: PartyPlan): readonly string[] =>
  objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan))
    .filter(({ kind }) => kind === 'StatefulSet')
    .flatMap(({ metadata, spec }) =>
      spec.volumeClaimTemplates.map((it: AnyObject) => `${it.metadata.name}-${metadata.name}-0`),
    );
