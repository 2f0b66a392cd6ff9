import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  type AgreementProps,
  type ChartLimit,
  type ClusterFile,
  clusterFile,
  clusterYaml,
  type ExchangeProps,
  exchangeFile,
  exchangePlan,
  type PartyProps,
  partyPlan,
} from '../../../../lib';
import { exchangeDescriptorOf } from '../../../support/declarations';
import { partyDescriptorOf } from '../../../support/parties';

const party = (props: Partial<PartyProps & { domain: string }> = {}) =>
  clusterFile(
    partyPlan({
      domain: 'example.com',
      id: 30000,
      kubernetes: '1.21',
      transport: 'open',
      exchange: exchangeDescriptorOf({ transport: 'open' }),
      ...props,
    }),
  );
const exchange = (
  props: Partial<AgreementProps & ExchangeProps> = {},
  parties = [partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73', { transport: 'open' })],
) => exchangeFile(exchangePlan({ domain: 'example.com', transport: 'open', kubernetes: '1.21', ...props, parties }));

const paths = ({ limits }: ClusterFile, which: (limit: ChartLimit) => boolean = () => true) =>
  limits.filter(which).map(({ path }) => path);
const fatal = (file: ClusterFile) => paths(file, (limit) => limit.fatal);

test('every limit says what the chart does and what follows, and the file says it, too', () => {
  for (const file of [party(), exchange(), exchange({}, [])]) {
    expect(file.limits.length).toBeGreaterThan(5);
    const text = clusterYaml(file);
    for (const { path, chart, consequence } of file.limits) {
      expect(chart).not.toBe('');
      expect(consequence).not.toBe('');
      expect(text).toContain(`#   ${path}: ${chart}; ${consequence}\n`);
    }
  }
});

test('a party that KubeFATE can install has no fatal limit', () => {
  expect(fatal(party())).toEqual([]);
  expect(fatal(exchange())).toEqual([]);
  expect(fatal(exchange({}, []))).toEqual([]);
});

describe('of a party the chart cannot express', () => {
  test('passwords, probes, the resources of most pods, the name of the replicator', () => {
    expect(paths(party())).toEqual(
      expect.arrayContaining([
        'sizing.containers',
        'sizing.containers.sparkWorker',
        'spark',
        'Secret mysql',
        'Secret fateboard',
        'Secret notebook',
        'replicatorPrefix',
        'probes, StatefulSets, security contexts',
      ]),
    );
  });

  test('a reserved address of its Pulsar, while it can one of its nginx', () => {
    const file = party({ addresses: { nginx: { reserved: '192.0.2.72' }, pulsar: { reserved: '192.0.2.73' } } });
    expect(paths(file)).toContain('addresses.pulsar.reserved');
    expect(file.values['nginx']).toMatchObject({ loadBalancerIP: '192.0.2.72' });
    expect(paths(party({ addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' } }))).not.toContain(
      'addresses.pulsar.reserved',
    );
  });

  test('a second datanode', () => {
    expect(paths(party({ datanodes: 2 }))).toContain('sizing.datanodes');
    expect(paths(party())).not.toContain('sizing.datanodes');
  });

  test('a single image by digest, while it can another registry and another tag', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(paths(party({ images: { pulsar: `federatedai/pulsar@${digest}` } }))).toContain('images.pulsar');
    const { values, limits } = party({ registry: 'harbor.example.com/fate' });
    expect(values).toMatchObject({ registry: 'harbor.example.com/fate' });
    expect(limits.filter(({ path }) => path.startsWith('images'))).toMatchObject([{ path: 'images.mysql' }]);
  });

  test.each<[string, Parameters<typeof party>[0], string]>([
    ['a Kubernetes without Ingresses of v1beta1', { kubernetes: '1.22' }, 'kubernetes'],
    ['an id of a million', { id: 1_000_000 }, 'id'],
    ['a namespace that is a number', { namespace: '30000' }, 'namespace'],
    ['a namespace that is a truth value', { namespace: 'yes' }, 'namespace'],
    ['a namespace too long for Helm', { namespace: 'n'.repeat(54) }, 'namespace'],
    ['a class that is a number', { storageClass: '1e3' }, 'storageClass'],
    ['no class for FATE Flow', { storageClasses: { fateflow: false } }, 'storageClasses.fateflow'],
    ['no class for the notebook', { storageClasses: { client: false } }, 'storageClasses.client'],
    ['a host name that is a truth value', { ingress: { hosts: { notebook: 'on' } } }, 'ingress.hosts.notebook'],
    ['a registry tag that is a number', { images: taggedImages('1.10') }, 'images (tag)'],
  ])('%s', (_, props, path) => {
    expect(fatal(party(props))).toEqual([path]);
  });
});

test.each([
  ['party', (props: object) => party(props)],
  ['exchange', (props: object) => exchange(props)],
])('what no chart can be told of pods and Services of the %s is named, each for itself', (_, file) => {
  const annotations = { 'example.com/a': 'b' };
  const pod = {
    priorityClassName: 'fate',
    labels: { team: 'fl' },
    annotations,
    environment: { DEBUG: '1' },
    timezone: 'UTC',
    affinity: { podAffinity: {} },
  };
  const plain = paths(file({}));
  const told = paths(
    file({ pods: { nginx: pod }, services: { nginx: { loadBalancerClass: 'a', annotations } }, kubernetes: '1.22' }),
  );
  expect(told.filter((path) => !plain.includes(path) && path !== 'kubernetes')).toEqual([
    'pods.priorityClassName',
    'pods.labels',
    'pods.annotations',
    'pods.environment',
    'pods.timezone',
    'pods.nginx.affinity',
    'services.nginx.annotations',
    'services.nginx.loadBalancerClass',
  ]);
});

test('what the charts take of pods and Services is in the file', () => {
  const placed = { nodeSelector: { pool: 'fate' }, tolerations: [{ operator: 'Exists' }] } as const;
  const services = {
    nginx: { type: 'NodePort', nodePort: 30930 },
    pulsar: { type: 'NodePort', nodePort: 30665 },
  } as const;
  const { values, limits } = party({ pods: { all: placed }, services });
  for (const path of [
    'mysql',
    'python',
    'client',
    'spark.master',
    'spark.worker',
    'hdfs.namenode',
    'hdfs.datanode',
    'nginx',
    'pulsar',
  ]) {
    expect([path, path.split('.').reduce((all, key) => Object(all)[key], values as unknown)]).toMatchObject([
      path,
      placed,
    ]);
  }
  expect(values).toMatchObject({
    nginx: { type: 'NodePort', httpNodePort: 30930 },
    pulsar: { type: 'NodePort', httpsNodePort: 30665 },
  });
  expect(values['pulsar']).not.toHaveProperty('publicLB');
  expect(limits.map(({ path }) => path)).toContain('services.pulsar');
  const ports = {
    trafficServer: { type: 'NodePort', nodePort: 30443 },
    nginx: { type: 'NodePort', nodePort: 30930 },
  } as const;
  expect(exchange({ pods: { all: placed }, services: ports }).values).toMatchObject({
    trafficServer: { type: 'NodePort', nodePort: 30443, ...placed },
    nginx: { type: 'NodePort', httpNodePort: 30930, ...placed },
  });
});

test('a name is refused when a reader of YAML 1.1 takes it for something else than text, and else not', () => {
  const part = fc.constantFrom(
    '0',
    '1',
    '9',
    '12',
    'e',
    'x',
    'f',
    'b',
    'y',
    'no',
    'on',
    'null',
    'true',
    '-',
    '01',
    '2021-08-01',
  );
  const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
  // Package `yaml` 2.9 alone takes `e1` for a number.
  fc.assert(
    fc.property(
      name.filter((text) => !/^e[-\d]+$/.test(text)).filter((text) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text)),
      (namespace) => {
        const isText = parse(namespace, { version: '1.1' }) === namespace;
        expect(fatal(party({ namespace })), namespace).toEqual(isText ? [] : ['namespace']);
      },
    ),
    { numRuns: 1000 },
  );
});

const names = { fateflow: 'python-spark', fateboard: 'fateboard', client: 'client', nginx: 'nginx' };
function taggedImages(tag: string) {
  return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, `federatedai/${name}:${tag}`]));
}

describe('of an exchange the chart cannot express', () => {
  test('hot routes, a closed proxy, tunnels that last, resources, probes', () => {
    expect(paths(exchange())).toEqual(
      expect.arrayContaining(['hot routes', 'remap_required', 'timeouts', 'resources', 'default route']),
    );
  });

  test('an empty list of routes', () => {
    expect(paths(exchange({}, []))).toContain('parties');
    expect(paths(exchange())).not.toContain('parties');
  });

  test('reserved addresses', () => {
    const addresses = { trafficServer: { reserved: '192.0.2.68' }, nginx: '192.0.2.69' };
    expect(paths(exchange({ addresses }))).toContain('addresses.trafficServer.reserved');
    expect(paths(exchange({ addresses }))).not.toContain('addresses.nginx.reserved');
  });

  test('ports to connect to, beside its own', () => {
    expect(paths(exchange())).toContain('connectPorts');
    const own = [443, [6650, 6700], [30000, 33000]] as const;
    expect(paths(exchange({ connectPorts: own }))).not.toContain('connectPorts');
  });

  test('a route to a port that it does not connect to', () => {
    const far = {
      ...partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73', { transport: 'open' }),
      pulsar: { address: '192.0.2.73', port: 20001 },
    };
    expect(fatal(exchange({ connectPorts: [20001] }, [far]))).toEqual(['parties[0].pulsar.port']);
  });

  test('mutual TLS', () => {
    expect(fatal(exchange({ transport: 'mutual-tls' }, []))).toEqual(['transport']);
  });

  test('a certificate that cert-manager makes', () => {
    const certManager = { issuer: 'federation-ca' };
    expect(fatal(exchange({ certManager }, []))).toEqual(['certManager']);
    expect(fatal(party({ certManager }))).toEqual(['certManager']);
  });

  test('a party of its own id', () => {
    expect(fatal(exchange({}, [partyDescriptorOf(1, '192.0.2.72', '192.0.2.73', { transport: 'open' })]))).toEqual([
      'parties[0].id',
    ]);
  });
});

describe('the values keep to what KubeFATE makes of them', () => {
  test('CPUs are text, and the file has no number that would be written with an exponent', () => {
    const { values } = party({ sizing: 'neuralNetwork', datasetGiB: 30_000 });
    const numbers: number[] = [];
    JSON.stringify(values, (_, value) => {
      if (typeof value === 'number') numbers.push(value);
      return value;
    });
    expect(numbers.every((it) => it < 1_000_000)).toBe(true);
    expect(values['python']).toMatchObject({ resources: { limits: { cpu: '8', memory: '32Gi' } }, size: '60000Gi' });
  });

  test('a party without an exchange answers calls for others at once, and publishes no Pulsar', () => {
    const { values } = party({ exchange: undefined } as never);
    expect(values['nginx']).toEqual({ type: 'LoadBalancer', exchange: { ip: '127.0.0.1', httpPort: 9 } });
    expect(Object.keys(values['pulsar'] as object)).toEqual(['storageClass', 'size']);
  });
});

describe('of a party of 1.11.2', () => {
  const party = (props: Partial<PartyProps & { domain: string }> = {}) =>
    clusterFile(
      partyPlan({
        domain: 'example.com',
        transport: 'open',
        fate: '1.11.2',
        id: 30000,
        exchange: exchangeDescriptorOf({ transport: 'open', fate: '1.11.2' }),
        ...props,
      }),
    );

  test.each(['1.19', '1.24', '1.25', '1.31'])('nothing stops KubeFATE on Kubernetes %s', (kubernetes) => {
    const file = party({ kubernetes });
    expect(fatal(file)).toEqual([]);
    expect(file.values['podSecurityPolicy']).toEqual({ enabled: ['1.19', '1.24'].includes(kubernetes) });
  });

  test.each<[string, Parameters<typeof party>[0], string]>([
    ['an id of a million', { id: 1_000_000 }, 'id'],
    ['a namespace that is a number', { namespace: '30000' }, 'namespace'],
    ['a class that is a number', { storageClass: '1e3' }, 'storageClass'],
    ['no class for FATE Flow', { storageClasses: { fateflow: false } }, 'storageClasses.fateflow'],
    ['a class of Ingresses that is a truth value', { ingress: { ingressClassName: 'on' } }, 'ingress.ingressClassName'],
  ])('%s stops it', (_, props, path) => {
    expect(fatal(party(props))).toEqual([path]);
  });

  test('datanodes, GPUs, the memory of Pulsar and what it keeps are in the file', () => {
    const { values, limits } = party({
      datanodes: 5,
      compute: { algorithm: 'all', device: 'gpu', gpus: 2 },
      pulsar: { backlogGiB: 3, readMinutes: 10 },
      resources: { pulsar: { requests: { cpu: 4, memoryGiB: 8 }, limits: { cpu: 4, memoryGiB: 8 } } },
    });
    const gpus = { 'nvidia.com/gpu': '2' };
    expect(values).toMatchObject({
      algorithm: 'ALL',
      device: 'GPU',
      python: { resources: { requests: gpus, limits: gpus }, pulsar: { host: 'pulsar', topic_ttl: 10 } },
      hdfs: { datanode: { replicas: 5 } },
      pulsar: {
        env: [{ name: 'PULSAR_MEM', value: '-Xms2048m -Xmx2048m -XX:MaxDirectMemorySize=4096m' }],
        confs: { backlogQuotaDefaultLimitGB: 3 },
      },
    });
    const named = limits.map(({ path }) => path);
    for (const path of ['sizing.datanodes', 'pulsar.readMinutes', 'images.fateflow']) expect(named).not.toContain(path);
  });

  test('a block that the chart does not complete says the whole of it', () => {
    expect(party().values).not.toHaveProperty('fateboard');
    const { values } = party({ pods: { fateboard: { nodeSelector: { zone: 'a' } } } });
    // Else the chart leaves FATE Board a login of nothing.
    expect(values['fateboard']).toEqual({
      ...{ type: 'ClusterIP', username: 'admin', password: 'admin' },
      nodeSelector: { zone: 'a' },
    });
    expect(Object.keys(Object(party({ pulsar: { readMinutes: 9 } }).values['python']).pulsar).sort()).toEqual(
      'cluster host mng_port port tenant topic_ttl'.split(' '),
    );
  });

  test('images of Spark alone can be named one by one', () => {
    const { values, limits } = party({
      images: { sparkWorker: 'harbor.example.com/own/worker:7', nginx: 'harbor.example.com/own/nginx:7' },
    });
    expect(Object(values['spark']).worker).toMatchObject({ Image: 'harbor.example.com/own/worker', ImageTag: '7' });
    expect(values['imageTag']).toBeUndefined();
    expect(limits.map(({ path }) => path).filter((path) => path.startsWith('images'))).toEqual(['images.nginx']);
  });

  test('an interface that the plan does not publish is closed: by a class, or where one is for all by an annotation', () => {
    const { values, limits } = party({ ingress: { uis: ['notebook'] } });
    expect(values['ingressClassName']).toBe('nginx');
    const closed = { 'nginx.ingress.kubernetes.io/whitelist-source-range': '127.0.0.1/32' };
    for (const ui of ['fateboard', 'spark', 'pulsar']) {
      expect(Object(values['ingress'])[ui].annotations).toMatchObject(closed);
    }
    expect(Object(values['ingress']).client.annotations).not.toMatchObject(closed);
    expect(limits.map(({ path }) => path)).toContain('ingress.uis');
    const none = party({ ingress: { uis: [] } });
    expect(none.values['ingressClassName']).toBe('unpublished');
    expect(none.limits.map(({ path }) => path)).not.toContain('ingress.uis');
    const all = party({ ingress: { uis: ['notebook', 'fateboard', 'spark', 'pulsar'], basicAuthSecret: false } });
    expect(all.limits.map(({ path }) => path)).not.toContain('ingress.uis');
  });

  test('what a bad certificate does is named where there is one', () => {
    expect(paths(party())).toContain('Secret pulsar-cert');
    expect(paths(party({ exchange: undefined } as never))).not.toContain('Secret pulsar-cert');
  });
});

describe('of a party of 2.0.0', () => {
  const agreed = { domain: 'example.com', transport: 'open', fate: '2.0.0' } as const;
  const party = (props: Partial<PartyProps> = {}) => clusterFile(partyPlan({ ...agreed, id: 30000, ...props }));

  test('an exchange stops it, since no job with another party ends well, and it is told what would work', () => {
    const file = clusterFile(partyPlan({ ...agreed, id: 30000, exchange: exchangeDescriptorOf(agreed) }));
    expect(fatal(file)).toEqual(['exchange']);
    expect(file.limits.find((limit) => limit.fatal)?.consequence).toMatch(/1\.11\.2, or native/);
  });

  test('by itself it can be installed, and every fault of the chart is named', () => {
    expect(fatal(party())).toEqual([]);
    expect(paths(party())).toEqual(
      expect.arrayContaining([
        'pulsar_route_table.yaml',
        'chartRepository',
        'fateflow.command',
        'fateflow.command, --debug',
        'fateflow.directories',
        'computing.spark.cores',
      ]),
    );
    // FATE Flow's answers have no link any more, and its ledger of cores is the chart's own.
    expect(paths(party())).not.toContain('ingress.hosts.fateboard');
    expect(paths(party())).not.toContain('sizing.sparkWorkers');
    expect(party().values['python']).not.toHaveProperty('spark');
  });

  test('images are named one by one, those of HDFS excepted, and FATE’s without what the chart adds for the build', () => {
    const { values, limits } = party({
      registry: 'harbor.example.com/fate',
      compute: { algorithm: 'nn' },
      images: { client: 'example.org/notebook:7' },
    });
    expect(values).toMatchObject({
      algorithm: 'NN',
      mysql: { image: 'harbor.example.com/fate/mysql', imageTag: '8.0.28' },
      python: { image: 'harbor.example.com/fate/fateflow', imageTag: '2.0.0-release' },
      client: { image: 'example.org/notebook', imageTag: '7' },
      spark: { worker: { image: 'harbor.example.com/fate/spark-worker', imageTag: '2.0.0-release' } },
    });
    expect(values['registry']).toBeUndefined();
    const others = limits.map(({ path }) => path).filter((path) => path.startsWith('images'));
    expect(others).toEqual(['images.namenode', 'images.datanode']);
  });

  test('an exchange of a federation of 2.0.0 is of the chart 1.11.2, and nothing stops it', () => {
    const file = exchangeFile(exchangePlan(agreed));
    expect(file.values).toMatchObject({ chartVersion: 'v1.11.2' });
    expect(fatal(file)).toEqual([]);
  });
});
