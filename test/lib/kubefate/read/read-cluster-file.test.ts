import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import {
  type DataDifference,
  type Difference,
  exchangePlan,
  InvalidInput,
  partyPlan,
  readClusterFile,
} from '../../../../lib';
import { problemsOf } from '../../../support/declarations';

/** The paper's party as its operator wrote it. @see KubeFATE-on-VCF, `kubefate_deployment` */
const partyFile = `name: fate-30000
namespace: fate-30000
chartName: fate
chartVersion: v1.6.1
partyId: 30000
persistence: true
podSecurityPolicy: {enabled: true}
modules: [mysql, python, fateboard, client, spark, hdfs, nginx, pulsar]
backend: spark
host:
  fateboard: 30000.fateboard.example.com
  client: 30000.notebook.example.com
nginx:
  type: LoadBalancer
  exchange: {ip: 192.0.2.69, httpPort: 9300}
pulsar:
  size: 1Gi
  storageClass: gold
  publicLB: {enabled: true}
  exchange: {ip: 192.0.2.68, port: 443}
mysql: {size: 1Gi, storageClass: gold}
python: {size: 10Gi, storageClass: gold}
client: {size: 1Gi, storageClass: gold}
hdfs:
  namenode: {size: 3Gi, storageClass: gold}
  datanode: {size: 10Gi, storageClass: gold}
spark:
  worker:
    replicas: 1
    resources: {limits: {cpu: "8", memory: 16Gi}}
`;

const exchangeFile = `name: fate-exchange
namespace: fate-exchange
chartName: fate-exchange
chartVersion: v1.6.1
partyId: 1
podSecurityPolicy:
  enabled: true
modules: [trafficServer, nginx]
trafficServer:
  type: LoadBalancer
  route_table:
    sni:
    - {fqdn: 30000.example.com, tunnelRoute: "192.0.2.73:6651"}
    - {fqdn: 40000.example.com, tunnelRoute: "192.0.2.164:6651"}
nginx:
  type: LoadBalancer
  route_table:
    30000:
      fateflow: [{host: 192.0.2.72, http_port: 9300}]
    40000:
      fateflow: [{host: 192.0.2.165, http_port: 9300}]
`;

function party(text: string) {
  const read = readClusterFile(text);
  if (read.kind !== 'party') throw new Error(read.kind);
  const withoutData = read.differences.filter(({ concerns }) => concerns === 'data').map(({ path }) => path);
  return { ...read, declaration: read.declare({ withoutData }) };
}
function exchange(text: string) {
  const read = readClusterFile(text);
  if (read.kind !== 'exchange') throw new Error(read.kind);
  return read;
}

/** Differences as line and key. */
const named = ({ differences }: { differences: readonly { line?: number; path: string }[] }) =>
  differences.map(({ line, path }) => `${line ?? 'missing'} ${path}`);

test('a file with the line ends of Windows is read as any other', () => {
  const written = (text: string) => text.replaceAll('\n', '\r\n');
  expect(party(written(partyFile))).toEqual({ ...party(partyFile), declare: expect.any(Function) });
  expect(exchange(written(exchangeFile))).toEqual(exchange(exchangeFile));
});

describe("the paper's party", () => {
  test('is a declaration with its sizes, its class and its exchange', () => {
    const plan = partyPlan({ domain: 'example.org', ...party(partyFile).declaration });
    expect(plan).toMatchObject({
      id: 30000,
      namespace: 'fate-30000-native',
      domain: 'fate.org',
      kubernetes: '1.21',
      driver: 'native',
      storageClasses: { mysql: 'gold', pulsar: 'gold' },
      exchange: {
        trafficServer: { address: '192.0.2.68', port: 443 },
        nginx: { address: '192.0.2.69', port: 9300 },
      },
    });
    expect(plan.sizing.volumesGiB).toEqual({ mysql: 1, fateflow: 10, client: 1, namenode: 3, datanode: 10, pulsar: 1 });
    expect(plan.sizing.sparkWorkers).toBe(1);
  });

  test('keeps the requests that the chart itself has beside its limits', () => {
    expect(party(partyFile).declaration.resources?.sparkWorker).toEqual({
      requests: { cpu: 1, memoryGiB: 2 },
      limits: { cpu: 8, memoryGiB: 16 },
    });
  });

  test('has a domain of its own making, hosts without effect, and no directory for MySQL', () => {
    const read = party(partyFile);
    expect(named(read)).toEqual([
      '6 persistence',
      'missing mysql.subPath',
      'missing client.subPath',
      '11 host.fateboard',
      '12 host.client',
      'missing pulsar.exchange.domain',
      'missing python.resources',
      'missing ingress',
    ]);
    const domain = read.differences.find(({ path }) => path === 'pulsar.exchange.domain');
    expect(domain?.found).toContain('fate.org');
    expect(domain?.reason).toContain('30000.fateboard.example.com');
  });
});

describe("the paper's exchange", () => {
  test('is a declaration with the domain and both routes of each party', () => {
    const { declaration } = exchange(exchangeFile);
    const plan = exchangePlan({ domain: 'other.example', ...declaration });
    expect(plan.domain).toBe('example.com');
    expect(plan.parties.map(({ id, nginx, pulsar }) => [id, nginx.address, pulsar.address])).toEqual([
      [30000, '192.0.2.72', '192.0.2.73'],
      [40000, '192.0.2.165', '192.0.2.164'],
    ]);
  });

  test('has one pod of each server', () => {
    expect(named(exchange(exchangeFile))).toEqual(['missing trafficServer.replicas', 'missing nginx.replicas']);
  });

  test('says no domain before its first route', () => {
    const first = exchangeFile
      .replace(/( {4}sni:\n)(.*\n){2}/, '$1')
      .replace(/( {2}route_table:\n) {4}30000(.*\n?)*/, '$1');
    const { declaration } = exchange(first);
    expect(declaration).not.toHaveProperty('domain');
    expect(exchangePlan({ domain: 'example.com', ...declaration }).parties).toEqual([]);
  });
});

test.each<[string, string, string, number, RegExp]>([
  ['a typing error', 'nginx:\n', 'nginx:\n  http_port: 9300\n', 14, /no key of the chart/],
  ['a key that no one knows', 'backend: spark\n', 'backend: spark\nfoo: {bar: 1}\n', 10, /no key of the chart/],
  ['a placement that nobody could follow', 'nginx:\n', 'nginx:\n  nodeSelector: {no label: a}\n', 14, /refuse/],
  ['a port for gRPC', 'httpPort: 9300', 'httpPort: 9300, grpcPort: 9310', 15, /HTTP/],
  [
    'a route past the exchange',
    'nginx:\n',
    'nginx:\n  route_table: {9999: {proxy: [{host: 192.0.2.9}]}}\n',
    14,
    /exchange/,
  ],
  [
    'another database',
    'backend: spark\n',
    'backend: spark\nexternalMysqlIp: 192.0.2.9\n',
    10,
    /another database server/,
  ],
  ['no persistence', 'persistence: true', 'persistence: false', 6, /in the pods/],
  [
    'a class for no class',
    'mysql: {size: 1Gi, storageClass: gold}',
    'mysql: {size: 1Gi, storageClass: "-"}',
    21,
    /class of most/,
  ],
  ['no policy for pods', 'podSecurityPolicy: {enabled: true}', 'podSecurityPolicy: {enabled: false}', 7, /policy/],
  ['a promise above the limit', 'resources: {limits', 'resources: {requests: {cpu: 9}, limits', 30, /limits allow/],
  ['a promise of nothing', 'resources: {limits', 'resources: {requests: {cpu: "0"}, limits', 30, /promised/],
  ['a Pulsar that nobody reaches', 'publicLB: {enabled: true}', 'publicLB: {enabled: false}', 19, /published/],
  ['a size between two', 'python: {size: 10Gi', 'python: {size: 1500Mi', 22, /2Gi/],
  ['a name that is not the namespace', 'name: fate-30000\n', 'name: first\n', 1, /namespace/],
  ['a module less', 'fateboard, client', 'client', 8, /fateboard/],
  ['a module more', 'modules: [', 'modules: [rollsite, ', 8, /no module that is drawn here/],
  ['nginx at no known port', 'type: LoadBalancer', 'type: NodePort', 14, /names/],
  ['nginx inside of the cluster only', 'type: LoadBalancer', 'type: ClusterIP', 14, /LoadBalancer/],
  ['a node port of a LoadBalancer', 'nginx:\n', 'nginx:\n  httpNodePort: 30930\n', 14, /type NodePort/],
  ['a node port for gRPC', 'nginx:\n', 'nginx:\n  grpcNodePort: 30931\n', 14, /HTTP/],
  [
    'Pulsar at the nodes beside its LoadBalancer',
    'publicLB: {enabled: true}',
    'publicLB: {enabled: true}\n  type: NodePort\n  httpsNodePort: 30665',
    20,
    /pulsar-public-tls/,
  ],
])('%s is named with its line and the reason', (_, before, after, line, reason) => {
  expect(partyFile).toContain(before);
  const added = party(partyFile.replace(before, after)).differences.filter((it) => it.line === line);
  expect(added.map((it) => it.reason).join()).toMatch(reason);
});

test('an interface that the file does not name is published by the chart, and named', () => {
  const text = `${partyFile}ingress: {client: {hosts: [{name: 30000.notebook.fate.org}]}}\n`;
  const read = party(text);
  expect(read.declaration.ingress).toEqual({ uis: ['notebook'] });
  expect(named(read)).toEqual(
    expect.arrayContaining(['missing ingress.fateboard', 'missing ingress.spark', 'missing ingress.pulsar']),
  );
  expect(named(read).join()).not.toContain('ingress.client');
});

test("FATE Board's password is not repeated", () => {
  const { differences } = party(`${partyFile}fateboard: {username: admin, password: opensesame}\n`);
  expect(differences.map(({ path }) => path)).toContain('fateboard.password');
  expect(JSON.stringify(differences)).not.toContain('opensesame');
});

test.each<[string, string, string, number, string]>([
  [
    'a name for an address',
    'host: 192.0.2.72',
    'host: nginx.example.org',
    19,
    'nginx.route_table.30000.fateflow[0].host',
  ],
  [
    'a second host',
    'http_port: 9300}]\n    40000',
    'http_port: 9300}, {host: 192.0.2.9, http_port: 9300}]\n    40000',
    19,
    'nginx.route_table.30000.fateflow[1].host',
  ],
  ['half a route', '    40000:\n', '    50000:\n', 14, 'trafficServer.route_table.sni[1].fqdn'],
  ['a second domain', 'fqdn: 40000.example.com', 'fqdn: 40000.fate.org', 14, 'trafficServer.route_table.sni[1].fqdn'],
  ['an id that is not the paper’s', 'partyId: 1', 'partyId: 7', 5, 'partyId'],
])('of an exchange %s is named with its line', (_, before, after, line, path) => {
  expect(exchangeFile).toContain(before);
  expect(named(exchange(exchangeFile.replace(before, after)))).toContain(`${line} ${path}`);
});

/** Ten anchors, each a list of ten of the one before. */
const explosion = Array.from({ length: 10 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1}, `.repeat(10)}]`)
  .join('\n')
  .replace(/\*a-1/g, 'lol');

test.each<[string, string, string]>([
  ['nothing', '', 'line 1'],
  ['a picture', '\u0089PNG\r\n\u001a\n\u0000', 'line 1'],
  ['a list for the whole', '- name: fate\n- namespace: fate\n', 'line 1'],
  ['a text for the whole', 'cluster\n', 'line 1'],
  ['a bracket that is never closed', partyFile.replace('enabled: true}', 'enabled: true'), 'line 8'],
  ['a tabulator', partyFile.replace('  type: LoadBalancer', '\ttype: LoadBalancer'), 'line 14'],
  ['a second document', `${partyFile}---\n${partyFile}`, 'line 31'],
  ['a list for a map', partyFile.replace(/^mysql: .*$/m, 'mysql: [1Gi]'), 'line 21, mysql'],
  ['a text for a map', partyFile.replace(/^mysql: .*$/m, 'mysql: 1Gi'), 'line 21, mysql'],
  ['a map for a text', partyFile.replace('name: fate-30000', 'name: {a: b}'), 'line 1, name'],
  ['a map for a list', partyFile.replace(/\[mysql.*\]/, '{mysql: true}'), 'line 8, modules'],
  ['aliases that explode', `${explosion}\n${partyFile}`, 'line 5, a4[2]'],
  ['an alias in itself', `${partyFile}foo: &foo {bar: *foo}\n`, 'line 31, foo.bar'],
  ['brackets without end', `${'['.repeat(30_000)}`, 'line 1'],
  ['a merge', `${partyFile}foo: &foo {a: 1}\nrollsite: {<<: *foo}\n`, 'line 32, rollsite.<<'],
  ['a key twice', partyFile.replace('backend: spark\n', 'backend: spark\npartyId: 40000\n'), 'line 10, partyId'],
  [
    'a key twice in two spellings',
    exchangeFile.replace('    40000:', '    "30000":'),
    'line 20, nginx.route_table.30000',
  ],
  ['a key that is a list', `${partyFile}? [a]\n: b\n`, 'line 31'],
  ['a key of a later chart', partyFile.replace('backend: spark', 'computing: Spark'), 'line 9, computing'],
  [
    'a key of a later chart, deeper',
    partyFile.replace('  size: 1Gi', '  size: 1Gi\n  confs: {a: 1}'),
    'line 18, pulsar.confs.a',
  ],
  ['a module of a later chart', `${partyFile}osx: {type: ClusterIP}\n`, 'line 31, osx.type'],
  ['a party id of a million', partyFile.replace('partyId: 30000', 'partyId: 1000000'), 'line 5, partyId'],
  [
    'bytes without quotes',
    partyFile.replace('memory: 16Gi', 'memory: 17179869184'),
    'line 30, spark.worker.resources.limits.memory',
  ],
  ['a party id in another system', partyFile.replace('partyId: 30000', 'partyId: "0x7530"'), 'line 5, partyId'],
  ['a party id of nothing', partyFile.replace('partyId: 30000', 'partyId: 0'), 'line 5, partyId'],
  ['RabbitMQ', partyFile.replace('nginx, pulsar]', 'nginx, rabbitmq]'), 'line 8, modules[7]'],
  ['rollsite', partyFile.replace('nginx, pulsar]', 'rollsite]'), 'line 8, modules[6]'],
  ['rollsite as the exchange', exchangeFile.replace('[trafficServer, nginx]', '[rollsite]'), 'line 8, modules[0]'],
  ['an alias to nothing', partyFile.replace('backend: spark', 'registry: *mirror\nbackend: spark'), 'line 9, registry'],
  ['a class with a slash', partyFile.replace(/gold/g, 'a/b'), 'line 21, mysql.storageClass'],
  ['a registry with a scheme', partyFile.replace('backend', 'registry: https://a\nbackend'), 'line 9, registry'],
  ['a domain in capitals', partyFile.replace('port: 443', 'port: 443, domain: A.B'), 'line 20, pulsar.exchange.domain'],
  ['a number for a name', partyFile.replace('name: fate-30000', 'name: 30000'), 'line 1, name'],
  ['another chart', partyFile.replace('chartName: fate', 'chartName: fate-serving'), 'line 3, chartName'],
  ['another version', partyFile.replace('v1.6.1', 'v1.9.0'), 'line 4, chartVersion'],
  ['no chart', partyFile.replace('chartName: fate\n', ''), 'line 1, chartName'],
  ['no party id', partyFile.replace('partyId: 30000\n', ''), 'line 1, partyId'],
  ['another backend', partyFile.replace('backend: spark', 'backend: eggroll'), 'line 9, backend'],
  ['no backend at all', partyFile.replace('backend: spark', 'backend: ""'), 'line 9, backend'],
  ['no backend', partyFile.replace('backend: spark\n', ''), 'line 1, backend'],
  [
    'a name where nginx needs an address',
    partyFile.replace('ip: 192.0.2.69', 'ip: nginx.example.com'),
    'line 15, nginx.exchange.ip',
  ],
  ['a port out of range', partyFile.replace('port: 443', 'port: 70000'), 'line 20, pulsar.exchange.port'],
  [
    'a node port that no cluster has',
    partyFile.replace('type: LoadBalancer', 'type: NodePort\n  httpNodePort: 9300'),
    'line 15, nginx.httpNodePort',
  ],
  [
    'one node port for two servers',
    partyFile
      .replace('type: LoadBalancer', 'type: NodePort\n  httpNodePort: 30930')
      .replace('publicLB: {enabled: true}', 'type: NodePort\n  httpsNodePort: "30930"'),
    'line 21, pulsar.httpsNodePort',
  ],
  [
    'one node port for two servers of an exchange',
    exchangeFile
      .replace('type: LoadBalancer', 'type: NodePort\n  nodePort: 30930')
      .replace('nginx:\n  type: LoadBalancer', 'nginx:\n  type: NodePort\n  httpNodePort: 30930'),
    'line 18, nginx.httpNodePort',
  ],
  ['a size without a meaning', partyFile.replace('size: 10Gi', 'size: plenty'), 'line 22, python.size'],
  [
    'an answer that is none',
    partyFile.replace('{enabled: true}\nmodules', '{enabled: perhaps}\nmodules'),
    'line 7, podSecurityPolicy.enabled',
  ],
  ['a file that KubeFATE cannot store', `${partyFile}${'# so long\n'.repeat(6000)}`, 'line 1'],
])('%s is refused with its place', (_, text, place) => {
  expect(problemsOf(() => readClusterFile(text)).map(({ path }) => path)).toEqual([place]);
});

test('one error names all that is wrong', () => {
  const text = partyFile.replace('partyId: 30000', 'partyId: none').replace('port: 443', 'port: none');
  expect(() => readClusterFile(text)).toThrow(
    [
      'cluster.yaml cannot be deployed:',
      '  line 5, partyId: "none" does not fit; use a number from 1 to 999999999',
      '  line 20, pulsar.exchange.port: "none" does not fit; use a number from 1 to 65535',
    ].join('\n'),
  );
});

describe('of a file for another chart version only the version is named', () => {
  test.each([
    ['with its own keys', 'backend: spark', 'computing: Spark\nfederation: Pulsar'],
    ['with a key that is now otherwise', 'persistence: true', 'persistence: {enabled: true}'],
  ])('%s', (_, before, after) => {
    const text = partyFile.replace('v1.6.1', 'v1.9.0').replace(before, after);
    expect(problemsOf(() => readClusterFile(text)).map(({ path }) => path)).toEqual(['line 4, chartVersion']);
  });
});

test.each(["''", '0', 'false', 'null', '[]', '{}', ''])(
  'what Go takes for empty, here %s, is nothing said',
  (empty) => {
    const keys =
      'registry imageTag pullPolicy imagePullSecrets externalMysqlIp servingIp rabbitmq fateboard istio host'.split(
        ' ',
      );
    const text = `${partyFile.replace(/^host:\n( .*\n)+/m, '')}${keys.map((key) => `${key}: ${empty}\n`).join('')}`;
    const without = party(partyFile.replace(/^host:\n( .*\n)+/m, ''));
    expect(party(text)).toMatchObject({ declaration: without.declaration, differences: without.differences });
  },
);

test('a Secret that a file names twice is one', () => {
  const { declaration } = party(`${partyFile}imagePullSecrets: [{name: a}, {name: b}, {name: a}]\n`);
  expect(declaration).toMatchObject({ imagePullSecrets: ['a', 'b'] });
});

describe('whatever of a party is data', () => {
  const data = ({ differences }: { differences: readonly Difference[] }) =>
    differences.filter((each): each is DataDifference => each.concerns === 'data');
  const whole = partyFile.replace(/^(mysql|client): \{/gm, '$1: {subPath: $1, ');

  test.each<[string, string, string, string]>([
    ['in the pods', 'persistence: true', 'persistence: ""', 'persistence'],
    ['in another database server', 'mysql: {', 'mysql: {ip: 192.0.2.9, ', 'mysql.ip'],
    ['in an external one', 'backend: spark', 'backend: spark\nexternalMysqlIp: 192.0.2.9', 'externalMysqlIp'],
    ['in another database', 'mysql: {', 'mysql: {database: fate_flow, ', 'mysql.database'],
    ['in another HDFS', 'python: {', 'python: {hdfs: {name_node: hdfs://192.0.2.9:9000}, ', 'python.hdfs.name_node'],
  ])('%s, it comes first, and no declaration comes without a word on it', (_, before, after, path) => {
    expect(whole).toContain(before);
    const read = readClusterFile(whole.replace(before, after));
    if (read.kind !== 'party') throw new Error(read.kind);
    const paths = data(read).map((each) => each.path);
    expect(read.differences.slice(0, paths.length).map((each) => each.path)).toEqual(paths);
    expect(paths).toContain(path);
    for (const driver of ['native', 'kubefate'] as const) {
      const others = paths.filter((each) => each !== path);
      const [problem, ...more] = problemsOf(() => read.declare({ driver, withoutData: others }));
      expect(problem?.path).toMatch(new RegExp(`^line \\d+, ${path}$`));
      expect(more).toEqual([]);
      expect(partyPlan({ domain: 'example.org', ...read.declare({ driver, withoutData: paths }) }).driver).toBe(driver);
    }
  });

  const shared = whole
    .replace('python: {', 'python: {existingClaim: all, subPath: python, ')
    .replace('client: {', 'client: {existingClaim: all, ');
  test.each([
    [
      'in claims that somebody has made, it stays with KubeFATE',
      whole
        .replace('python: {', 'python: {existingClaim: models, ')
        .replace('namenode: {', 'namenode: {existingClaim: names, '),
      { fateflow: 'models', namenode: 'names' },
    ],
    ['in one claim for several modules, which no party has, it stays with nobody', shared, undefined],
  ])('%s, and native objects begin without it', (_, text, existingClaims) => {
    const read = readClusterFile(text);
    if (read.kind !== 'party') throw new Error(read.kind);
    const named = data(read).flatMap(({ path }) => (path.endsWith('.existingClaim') ? [path] : []));
    expect(named).toHaveLength(2);
    const others = data(read).flatMap(({ path }) => (named.includes(path) ? [] : [path]));
    const stay = problemsOf(() => read.declare({ withoutData: others })).map(({ path }) =>
      path.replace(/^line \d+, /, ''),
    );
    expect(stay).toEqual(named);
    expect(read.declare({ withoutData: [...named, ...others] }).existingClaims).toBeUndefined();
    const withKubefate = () => read.declare({ driver: 'kubefate', withoutData: others });
    if (existingClaims === undefined) expect(problemsOf(withKubefate)).toHaveLength(2);
    else expect(partyPlan({ domain: 'example.org', ...withKubefate() }).existingClaims).toEqual(existingClaims);
  });

  test("in the chart's own claims, it stays with KubeFATE, and native objects begin without it", () => {
    const read = readClusterFile(whole);
    if (read.kind !== 'party') throw new Error(read.kind);
    expect(read.declare({ driver: 'kubefate' })).toMatchObject({ id: 30000, driver: 'kubefate' });
    expect(problemsOf(() => read.declare()).map(({ path }) => path)).toEqual(['line 6, persistence']);
  });

  test("in the root of MySQL's volume, it is not where the next file of KubeFATE looks", () => {
    const read = readClusterFile(partyFile);
    if (read.kind !== 'party') throw new Error(read.kind);
    const paths = problemsOf(() => read.declare({ driver: 'kubefate' })).map(({ path }) => path);
    expect(paths).toEqual(['line 1, mysql.subPath', 'line 1, client.subPath']);
  });

  test('is given up by its own name only', () => {
    const read = readClusterFile(whole);
    if (read.kind !== 'party') throw new Error(read.kind);
    const paths = problemsOf(() => read.declare({ withoutData: ['all'] })).map(({ path }) => path);
    expect(paths).toEqual(['withoutData[0]', 'line 6, persistence']);
    expect(problemsOf(() => read.declare({ driver: 'helm' } as never)).map(({ path }) => path)).toContain('driver');
  });
});

test('a difference is one printable line, whoever wrote its key and its value', () => {
  const key = '"a\\n::error::b\\e[31m\\x9b\\u202e"';
  const { differences } = party(`${partyFile}${key}: ${key}\nlong: ${'x'.repeat(9000)}\n${'k'.repeat(900)}: 1\n`);
  expect(differences.length).toBeGreaterThan(8);
  for (const each of differences) {
    for (const text of [each.path, each.found, each.reason]) {
      expect(text).not.toMatch(/[\p{C}\u2028\u2029]|^::/u);
      expect(text.length).toBeLessThan(500);
    }
  }
});

test.each([
  ['in a difference', 'rabbitmq: {default_pass: opensesame}', ''],
  ['in an error', '', 'mysql: {password: "opensesame"x}'],
  ['in an error on an alias', '', 'fateboard: {password: *opensesame }'],
])('a password is not repeated %s', (_, added, wrong) => {
  const text = `${partyFile.replace(/^mysql.*$/m, wrong === '' ? '$&' : wrong)}${added}\n`;
  let seen = '';
  try {
    seen = JSON.stringify(readClusterFile(text).differences);
  } catch (error) {
    seen = `${error}`;
  }
  expect(seen).toMatch(/password|default_pass|line 21/);
  expect(seen).not.toContain('opensesame');
});

describe('whatever a file holds, the answer is what it says or one error that names places', () => {
  const check = (text: string) => {
    try {
      const read = readClusterFile(text);
      const { differences } = read;
      if (read.kind === 'exchange') exchangePlan({ domain: 'example.com', ...read.declaration });
      else partyPlan({ domain: 'example.com', ...party(text).declaration });
      for (const { path, reason } of differences) expect([path, reason]).not.toContain('');
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInput);
      for (const { path } of (error as InvalidInput).problems) expect(path).toMatch(/^line \d+/);
      return false;
    }
  };

  test('when lines of it are missing, moved or of another file', () => {
    const lines = fc.shuffledSubarray([...partyFile.split('\n'), ...exchangeFile.split('\n')]);
    fc.assert(
      fc.property(lines, (all) => void check(all.join('\n'))),
      { numRuns: 300 },
    );
  });

  test('when a value is something else', () => {
    let read = 0;
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(
        '2021-08-01',
        '1e3',
        0x7fffffff,
        null,
        '',
        0,
        false,
        '0',
        '-',
        'true',
        '99',
        70000,
        '1e21Gi',
        '1m',
      ),
    );
    /** Values between colons, commas and brackets: deeper than whole lines. */
    const files = [partyFile, exchangeFile].map((text) => text.split(/(?<=[:{,[] )(?=["\w])|(?<=[\w"])(?=[,}\]\n])/));
    const change = fc.tuple(fc.constantFrom(...files), fc.nat(), value);
    fc.assert(
      fc.property(change, ([parts, at, other]) => {
        const place = at % parts.length;
        if (check(parts.map((part, i) => (i === place ? JSON.stringify(other) : part)).join(''))) read++;
      }),
      { numRuns: 2000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test('when it is any text at all', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((it) => stringify(it)),
        ),
        (text) => void check(text),
      ),
      {
        numRuns: 300,
      },
    );
  });
});

test('another class of one claim, and where pods are put, are read', () => {
  const text = partyFile
    .replace('mysql: {size: 1Gi, storageClass: gold}', 'mysql: {size: 1Gi, storageClass: tin}')
    .replace('nginx:\n', 'nginx:\n  nodeSelector: {zone: a}\n  tolerations: [{operator: Exists}]\n');
  const { declaration } = party(text);
  expect(declaration).toMatchObject({
    storageClass: 'gold',
    storageClasses: { mysql: 'tin' },
    pods: { nginx: { nodeSelector: { zone: 'a' }, tolerations: [{ operator: 'Exists' }] } },
  });
});

test("a rule about the chart's own labels is named and not taken over", () => {
  const rule =
    '{podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a, labelSelector: {matchLabels: {fateMoudle: pulsar}}}]}}';
  const { declaration, differences } = party(partyFile.replace('nginx:\n', `nginx:\n  affinity: ${rule}\n`));
  expect(declaration.pods).toBeUndefined();
  expect(
    differences
      .filter(({ line }) => line === 14)
      .map(({ reason }) => reason)
      .join(),
  ).toContain('labels that only the chart has');
});
