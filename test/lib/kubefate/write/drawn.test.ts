import type { Container } from 'kubernetes-types/core/v1';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Exchange, FederatedLearningCluster } from '../../../../constructs';
import { type ClusterFile, clusterFile, exchangeFile, exchangePlan, partyPlan } from '../../../../lib';
import { hdfsClientSettings } from '../../../../lib/fate/hdfs';
import { exchangeDescriptorOf } from '../../../support/declarations';
import { type Parsed, parseNginxConf } from '../../../support/nginx-conf';
import { type AnyObject, objectsOf } from '../../../support/objects';
import { partyDescriptorOf } from '../../../support/parties';
import { exchangeChart, partyChart } from './chart-1.6.1';

const registry = 'harbor.example.com/fate';
const party = partyPlan({
  domain: 'example.com',
  transport: 'open',
  id: 30000,
  kubernetes: '1.21',
  registry,
  exchange: exchangeDescriptorOf({ transport: 'open' }),
});
const exchange = exchangePlan({
  domain: 'example.com',
  transport: 'open',
  kubernetes: '1.21',
  parties: [partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73', { transport: 'open' })],
});

const guarded = 'probes, disruption budgets, spreading, security contexts';
const copies = 'sizing.replication';

/** Limits that name what the charts have not, or otherwise, of pods and of FATE's nginx. */
const ofPods: Readonly<Record<string, string>> = {
  'pod automountServiceAccountToken': 'service account tokens, service links',
  'pod enableServiceLinks': 'service account tokens, service links',
  'pod terminationGracePeriodSeconds': 'preStop, terminationGracePeriodSeconds',
  'pod checksum': 'checksums of configuration',
  '* lifecycle': 'preStop, terminationGracePeriodSeconds',
  'nginx.conf access_log': 'access_log',
  'nginx.conf client_max_body_size': 'client_max_body_size',
  'nginx.conf if': 'X-Forwarded-For',
};

/** Written otherwise, and no less said: to the command line, at the default, or as what the image has. */
const ofOtherWords = ['nginx.conf daemon', 'nginx.conf return'];

const ofParty: Readonly<Record<string, string>> = {
  ...ofPods,
  'workload strategy': 'probes, StatefulSets, security contexts',
  'workload podManagementPolicy': 'probes, StatefulSets, security contexts',
  'workload serviceName': 'probes, StatefulSets, security contexts',
  'workload volumeClaimTemplates': 'volumeClaimTemplates',
  'pod topologySpreadConstraints': 'probes, StatefulSets, security contexts',
  '* livenessProbe': 'probes, StatefulSets, security contexts',
  '* readinessProbe': 'probes, StatefulSets, security contexts',
  '* startupProbe': 'probes, StatefulSets, security contexts',
  '* securityContext': 'probes, StatefulSets, security contexts',
  '* resources': 'sizing.containers',
  'mysql args': 'mysql',
  'secret mysql': 'Secret mysql',
  'secret fateboard': 'Secret fateboard',
  'secret notebook': 'Secret notebook',
  'mysql env MYSQL_ROOT_PASSWORD': 'Secret mysql',
  'python env MYSQL_PASSWORD': 'Secret mysql',
  'fateboard env': 'Secret fateboard',
  'fateboard env MYSQL_PASSWORD': 'Secret mysql',
  'fateboard env FATEBOARD_PASSWORD': 'Secret fateboard',
  'fateboard env TEMPLATES': 'Secret fateboard',
  'fateboard env CONFIGURATION': 'Secret fateboard',
  'fateboard command': 'Secret fateboard',
  'client env JUPYTER_TOKEN': 'Secret notebook',
  'python env SPARK_WORKERS': 'spark',
  'python env SPARK_WORKER_CORES': 'spark',
  'python env SPARK_WORKER_MEMORY': 'spark',
  'spark-defaults.conf spark.executor.memory': 'sizing.containers.sparkWorker',
  'spark-master env': 'sizing.containers',
  'spark-master env SPARK_DAEMON_MEMORY': 'sizing.containers',
  'spark-worker env': 'sizing.containers.sparkWorker',
  'spark-worker env SPARK_WORKER_CORES': 'sizing.containers.sparkWorker',
  'spark-worker env SPARK_WORKER_MEMORY': 'sizing.containers.sparkWorker',
  'spark-worker env SPARK_WORKER_OPTS': 'SPARK_WORKER_OPTS',
  ...Object.fromEntries(
    Object.keys(hdfsClientSettings(party.sizing)).map((key) => [`spark-defaults.conf spark.hadoop.${key}`, copies]),
  ),
  ...Object.fromEntries(
    ['namenode', 'datanode'].flatMap((daemon) => [
      [`${daemon} env HADOOP_HEAPSIZE`, 'sizing.containers'],
      ...[
        'replication',
        ...['best___effort', 'policy'].map((it) => `client_block_write_replace___datanode___on___failure_${it}`),
      ].map((key) => [`${daemon} env HDFS_CONF_dfs_${key}`, copies]),
    ]),
  ),
  'pulsar env PULSAR_MEM': 'sizing.containers',
  'standalone.conf replicatorPrefix': 'replicatorPrefix',
  ...Object.fromEntries(
    [
      'diskCheckInterval isForceGCAllowWhenNoSpace journalMaxBackups journalMaxSizeMB logSizeLimit',
      'zkRetryBackoffMaxMs zkRetryBackoffStartMs zkTimeout zookeeperSessionExpiredPolicy',
    ].flatMap((keys) => keys.split(' ').map((key) => [`standalone.conf ${key}`, 'pulsar'])),
  ),
};

const ofExchange: Readonly<Record<string, string>> = {
  ...ofPods,
  'workload strategy': guarded,
  'pod topologySpreadConstraints': guarded,
  '* livenessProbe': guarded,
  '* readinessProbe': guarded,
  '* startupProbe': guarded,
  '* securityContext': guarded,
  '* resources': 'resources',
  '* env': 'hot routes',
  'traffic-server env CERTIFICATES': 'renewed certificates',
  'kind PodDisruptionBudget': guarded,
  'records.config proxy.config.url_remap.remap_required': 'remap_required',
  'records.config proxy.config.http.transaction_no_activity_timeout_in': 'timeouts',
  'records.config proxy.config.http.transaction_no_activity_timeout_out': 'timeouts',
  'records.config proxy.config.http.transaction_active_timeout_in': 'timeouts',
  'records.config proxy.config.exec_thread.autoconfig': 'resources',
  'records.config proxy.config.exec_thread.limit': 'resources',
  'records.config proxy.config.log.logging_enabled': 'access_log',
  ...Object.fromEntries(
    ['status', 'note', 'warning', 'error', 'fatal', 'alert', 'emergency'].map((level) => [
      `records.config proxy.config.diags.output.${level}`,
      'access_log',
    ]),
  ),
};

/** In the chart the key lies where Traffic Server looks for it by itself; ports that are the image's; paths of start scripts. */
const ofOtherFiles = [
  'records.config proxy.config.ssl.server.private_key.path',
  'standalone.conf brokerServicePort',
  'standalone.conf webServicePort',
  ...['CONFIGURATION', 'SPARK_HOME', 'TEMPLATES'].map((it) => `python env ${it}`),
  ...['NOTEBOOK_DIRECTORY', 'NOTEBOOK_PORT'].map((it) => `client env ${it}`),
];

/** FATE's Lua reads a table again by itself, and a party's has nobody who could leave it. */
const ofHotRoutes = ['nginx env', ...['INTERVAL', 'LINK', 'RELOAD', 'SEEN', 'TABLE'].map((it) => `nginx env ${it}`)];

/** What native objects have, each as `<where> <key>`. */
function drawn(objects: readonly AnyObject[]): readonly string[] {
  const things = objects.flatMap(({ kind, spec, data = {} }): string[] => {
    if (kind === 'PodDisruptionBudget') return [`kind ${kind}`];
    if (kind === 'ConfigMap') return Object.entries<string>(data).flatMap(([file, text]) => keysOf(file, text));
    if (spec?.template === undefined) return [];
    const { metadata, spec: pod } = spec.template;
    const containers: Container[] = [...pod.containers, ...(pod.initContainers ?? [])];
    return [
      ...Object.keys(spec).map((key) => `workload ${key}`),
      ...Object.keys(metadata.annotations ?? {}).map((key) => `pod ${key.replace(/\/.*/, '')}`),
      ...Object.keys(pod).map((key) => `pod ${key}`),
      ...containers.flatMap(({ name, env = [], ...each }) => [
        ...Object.keys(each).map((key) => `${name} ${key}`),
        ...(env.length > 0 ? [`${name} env`] : []),
        ...env.map((it) => `${name} env ${it.name}`),
      ]),
      ...secretsOf(JSON.stringify(pod)).map((name) => `secret ${name}`),
    ];
  });
  return [...new Set(things)].sort();
}

function keysOf(file: string, text: string): readonly string[] {
  if (file === 'nginx.conf') return directives(parseNginxConf(text)).map((key) => `${file} ${key}`);
  const key = { 'standalone.conf': /^[^=]+/, 'spark-defaults.conf': /^\S+/, 'records.config': /(?<=^CONFIG )\S+/ }[
    file
  ];
  return key === undefined
    ? []
    : text.split('\n').flatMap((line) => key.exec(line)?.map((it) => `${file} ${it}`) ?? []);
}

const directives = (parsed: readonly Parsed[]): readonly string[] =>
  parsed.flatMap(({ words: [name = ''], body = [] }) => [name, ...directives(body)]);

const secretsOf = (pod: string): string[] =>
  [...pod.matchAll(/"(?:secretKeyRef":\{"name|secretName)":"([^"]+)"/g)].map(([, name]) => `${name}`);

/** The limit that names it, for the one container or for any. */
const named = (table: Readonly<Record<string, string>>, thing: string): string | undefined =>
  table[thing] ?? table[thing.replace(/^\S+/, '*')];

/** Whether the chart has it: `<where> <keys…>`. */
const isHad = (chart: Readonly<Record<string, string>>, thing: string): boolean =>
  Object.entries(chart).some(([where, keys]) => keys.split(' ').some((key) => `${where} ${key}` === thing));

describe.each([
  {
    what: 'a party',
    objects: objectsOf((app) => new FederatedLearningCluster(app, 'party', party)),
    file: clusterFile(party),
    chart: partyChart,
    table: ofParty,
    otherwise: [...ofOtherWords, ...ofOtherFiles, ...ofHotRoutes],
  },
  {
    what: 'an exchange',
    objects: objectsOf((app) => new Exchange(app, 'exchange', exchange)),
    file: exchangeFile(exchange),
    chart: exchangeChart,
    table: { ...ofExchange, ...Object.fromEntries(ofHotRoutes.map((it) => [it.replace('nginx', '*'), 'hot routes'])) },
    otherwise: [...ofOtherWords, ...ofOtherFiles],
  },
])('whatever is drawn natively of $what', ({ objects, file, chart, table, otherwise }) => {
  test('is in the chart too, or a limit names it', () => {
    const nowhere = drawn(objects).filter(
      (thing) => !isHad(chart, thing) && named(table, thing) === undefined && !otherwise.includes(thing),
    );
    expect(nowhere).toEqual([]);
    const limits = new Set(file.limits.map(({ path }) => path));
    expect(Object.entries(table).filter(([, limit]) => !limits.has(limit))).toEqual([]);
  });

  test('is all that is compared with the chart', () => {
    const things = drawn(objects);
    const anywhere = (thing: string) =>
      things.some((it) => it === thing || it.replace(/^\S+/, '*') === thing) ? [] : [thing];
    expect(Object.keys(table).flatMap(anywhere)).toEqual([]);
  });
});

/** What KubeFATE does beside the chart. */
test('what happens to a release in its life is named', () => {
  const text = (file: ClusterFile) =>
    parse(JSON.stringify(file.limits.map((each) => Object.values(each).join(' ')))).join('\n');
  expect(text(clusterFile(party))).toMatch(/deleting the cluster.*delete all data/);
  for (const file of [clusterFile(party), exchangeFile(exchange)]) expect(text(file)).toMatch(/rolled back too far/);
  expect(text(clusterFile(party))).toMatch(/ledger.*restart the Deployment python/);
});

test("the namenode's busybox is named where images come from another registry, and only there", () => {
  const paths = (props: object) =>
    clusterFile(
      partyPlan({ domain: 'example.com', transport: 'open', id: 30000, kubernetes: '1.21', ...props }),
    ).limits.map(({ path }) => path);
  expect(paths({ registry })).toContain('registry');
  expect(paths({})).not.toContain('registry');
});
