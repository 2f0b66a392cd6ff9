import { rootCertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import {
  clusterFile,
  clusterYaml,
  type ExchangeProps,
  exchangeFile,
  exchangePlan,
  type FateRelease,
  InvalidInput,
  type PartyProps,
  partyPlan,
} from '../../../../lib';
import { partyPods, partyVolumes } from '../../../../lib/fate/sizes';
import { exchangeCharts, partyCharts } from '../../../../lib/kubefate/charts';
import { exchangeDescriptorOf, problemsOf } from '../../../support/declarations';
import { digestsOf } from '../../../support/digests';

const party = (fate: FateRelease, props: Partial<PartyProps>) =>
  clusterFile(
    partyPlan({
      domain: 'example.com',
      transport: 'open',
      fate,
      id: 30000,
      kubernetes: '1.21',
      exchange: exchangeDescriptorOf({ transport: 'open', fate }),
      ...props,
    }),
  );
const exchange = (fate: FateRelease, props: ExchangeProps) =>
  exchangeFile(exchangePlan({ domain: 'example.com', transport: 'open', fate, kubernetes: '1.21', ...props }));

/** Of these the file says the same, whatever they are: a limit does, or it is only for others to know. */
type SaidElsewhere = 'descriptor' | { readonly limit: string };
type Example<Props> = readonly [props: Props, said?: SaidElsewhere];

const large = { requests: { cpu: 4, memoryGiB: 8 }, limits: { cpu: 12, memoryGiB: 32 } };
const pod = {
  nodeSelector: { pool: 'fate' },
  tolerations: [{ operator: 'Exists' }],
  affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
  priorityClassName: 'fate',
  labels: { team: 'fl' },
  annotations: { 'example.com/a': 'b' },
  environment: { DEBUG: '1' },
  timezone: 'UTC',
} as const;
const eachOf = <Value>(map: Readonly<Record<string, Value>>): Readonly<Record<string, Value>>[] =>
  Object.entries(map).map(([key, value]) => ({ [key]: value }));
const service = [
  { type: 'NodePort', nodePort: 30100 },
  { loadBalancerClass: 'example.com/lb' },
  { annotations: { 'example.com/a': 'b' } },
  { externalTrafficPolicy: 'Local' },
] as const;
const hosting = {
  registry: [[{ registry: 'harbor.example.com/fate' }]],
  imagePullSecrets: [[{ imagePullSecrets: ['registry-credentials'] }]],
  namespace: [[{ namespace: 'fl' }]],
  kubernetes: [[{ kubernetes: '1.25' }]],
  driver: [[{ driver: 'kubefate' }, 'descriptor']], // the file is its answer
  access: [[{ access: { context: 'org1' } }, 'descriptor']], // for commands alone
  certManager: [[{ certManager: { issuer: 'federation-ca' } }]],
  monitoring: [[{ monitoring: {} }]],
  networkPolicies: [[{ networkPolicies: false }]],
} as const;

const since1112 = {
  pods: partyPods,
  sized: ['fateflow', 'sparkMaster', 'sparkWorker', 'pulsar'],
  compute: [
    [{ compute: { device: 'ipcl' } }],
    [{ compute: { algorithm: 'nn' } }],
    [{ compute: { algorithm: 'all', device: 'gpu' } }],
    [{ compute: { algorithm: 'nn', device: 'gpu', gpus: 2 } }],
  ],
  backlog: [{ pulsar: { backlogGiB: 1 } }],
} as const;

/** What the charts can be told each in its own way. */
const charts = {
  '1.6.1': {
    pods: partyPods.filter((pod) => pod !== 'fateboard'),
    sized: ['fateflow', 'sparkWorker'],
    compute: [], // the release has one build
    backlog: [{ pulsar: { backlogGiB: 1 } }, { limit: 'pulsar' }],
  },
  '1.11.2': since1112,
  '2.0.0': since1112,
} as const satisfies Partial<Record<FateRelease, object>>;
type Chart = keyof typeof charts;
const releases = Object.keys(charts) as Chart[];
const containers = [
  ...['mysql', 'fateflow', 'fateboard', 'client', 'sparkMaster', 'sparkWorker', 'namenode', 'datanode'],
  ...['nginx', 'pulsar'],
] as const;

const ofParty = (fate: Chart): Readonly<Record<keyof PartyProps, readonly Example<Partial<PartyProps>>[]>> => ({
  ...hosting,
  id: [[{ id: 40000 }]],
  digests: [[{ digests: digestsOf(partyPlan({ domain: 'example.com', id: 30000, fate })) }]],
  images: [
    'mysql',
    'fateflow',
    'fateboard',
    'client',
    'sparkMaster',
    'sparkWorker',
    'namenode',
    'datanode',
    'nginx',
  ].map((name) => [{ images: { [name]: 'example.com/own:1' } }]),
  addresses: [
    [{ addresses: { nginx: '192.0.2.1', pulsar: '192.0.2.2' } }, 'descriptor'],
    [{ addresses: { nginx: { reserved: '192.0.2.1' }, pulsar: '192.0.2.2' } }],
    [{ addresses: { nginx: '192.0.2.1', pulsar: { reserved: '192.0.2.2' } } }],
  ],
  ports: [[{ ports: { nginx: 30930, pulsar: 30665 } }, 'descriptor']],
  egress: [[{ egress: ['198.51.100.0/28'] }, 'descriptor']],
  services: service.flatMap((it): Example<Partial<PartyProps>>[] => [
    [{ services: { nginx: it }, kubernetes: '1.22' }],
    [{ services: { pulsar: it }, kubernetes: '1.22' }],
  ]),
  storageClass: [[{ storageClass: 'fast' }], [{ storageClass: false }]],
  storageClasses: partyVolumes.flatMap((volume): Example<Partial<PartyProps>>[] => [
    [{ storageClasses: { [volume]: 'fast' } }],
    [{ storageClasses: { [volume]: false } }],
  ]),
  ingress: [
    [{ ingress: { uis: ['notebook'] } }],
    [{ ingress: { ingressClassName: 'own' } }],
    [{ ingress: { domain: 'example.org' } }],
    [{ ingress: { hosts: { notebook: 'notebook.example.org' } } }],
    [{ ingress: { annotations: { 'example.com/a': 'b' } } }],
    [{ ingress: { tlsSecret: 'fate-tls' } }],
  ],
  pods: ['all' as const, ...charts[fate].pods].flatMap((name) =>
    eachOf(pod).map((it): Example<Partial<PartyProps>> => [{ pods: { [name]: it } }]),
  ),
  sparkNodes: [[{ sparkNodes: true }], [{ sparkNodes: { labels: { pool: 'spark' } } }]],
  compute: charts[fate].compute,
  pulsar: [charts[fate].backlog, [{ pulsar: { readMinutes: 30 } }], [{ pulsar: { unreadMinutes: 30 } }]],
  sizing: [[{ sizing: 'production' }]],
  datasetGiB: [[{ datasetGiB: 100 }]],
  sparkWorkers: [[{ sparkWorkers: 3 }]],
  datanodes: [[{ datanodes: 5 }]],
  replication: [[{ replication: 2, datanodes: 2 }]],
  resources: containers.map((name): Example<Partial<PartyProps>> => {
    const props = { resources: { [name]: large } };
    return charts[fate].sized.some((it) => it === name) ? [props] : [props, { limit: 'sizing.containers' }];
  }),
  volumesGiB: partyVolumes.map((volume) => [{ volumesGiB: { [volume]: 99 } }]),
  mysql: [[{ mysql: { external: { host: 'mysql.example.com' } } }]],
  hdfs: [
    [{ hdfs: { external: { namenode: { host: 'namenode.example.com' }, datanodes: { ranges: ['192.0.2.0/24'] } } } }],
  ],
  spark: [
    [
      {
        spark: {
          external: {
            masters: [{ host: 'spark.example.com' }],
            workers: { count: 2, cores: 4, memoryGiB: 8 },
            network: { namespace: 'spark' },
          },
        },
      },
    ],
  ],
  backup: [[{ backup: { to: { claimGiB: 20 } } }]],
  retention: [[{ retention: {} }]],
  proxy: [[{ proxy: { url: 'http://proxy.example.com:3128' } }]],
  trust: [[{ trust: [{ name: 'example-ca', certificate: `${rootCertificates[0]}` }] }]],
  existingClaims: [[{ existingClaims: { mysql: 'fate-mysql' } }]],
  belowGuideline: [[{ belowGuideline: true }, 'descriptor']], // decides what is refused, and nothing else
  verification: [[{ verification: true }, 'descriptor']], // its Job stands beside what KubeFATE makes
  workload: [[{ workload: 'credit-card' }]],
});

const ofExchange: Readonly<Record<keyof ExchangeProps, readonly Example<ExchangeProps>[]>> = {
  ...hosting,
  digests: [[{ digests: digestsOf(...releases.map((fate) => exchangePlan({ domain: 'example.com', fate }))) }]],
  images: [[{ images: { nginx: 'example.com/own:1' } }], [{ images: { trafficServer: 'example.com/own:1' } }]],
  addresses: [
    [{ addresses: { trafficServer: '192.0.2.1', nginx: '192.0.2.2' } }, 'descriptor'],
    [{ addresses: { trafficServer: { reserved: '192.0.2.1' }, nginx: '192.0.2.2' } }],
    [{ addresses: { trafficServer: '192.0.2.1', nginx: { reserved: '192.0.2.2' } } }],
  ],
  ports: [[{ ports: { nginx: 30930 } }, 'descriptor']],
  egress: [[{ egress: ['198.51.100.0/28'] }, 'descriptor']],
  services: service.flatMap((it): Example<ExchangeProps>[] => [
    [{ services: { nginx: it }, kubernetes: '1.24' }],
    [{ services: { trafficServer: it }, kubernetes: '1.24' }],
  ]),
  connectPorts: [[{ connectPorts: [6651] }]],
  nginxConnectPorts: [[{ nginxConnectPorts: [9300] }, 'descriptor']], // decides who gets a route
  replicas: [[{ replicas: 3 }]],
  resources: (['trafficServer', 'nginx'] as const).map((name) => [
    { resources: { [name]: large } },
    { limit: 'resources' },
  ]),
  pods: (['all', 'trafficServer', 'nginx'] as const).flatMap((name) =>
    eachOf(pod).map((it): Example<ExchangeProps> => [{ pods: { [name]: it } }]),
  ),
};

const cases = <Props>(examples: Readonly<Record<string, readonly Example<Props>[]>>) =>
  Object.values(examples).flatMap((some) =>
    some.map(([props, said]) => ({ props, said, text: JSON.stringify(props) })),
  );

test('what is declared is tried with every chart that there is', () => {
  for (const known of [partyCharts, exchangeCharts]) expect(known.map(({ fate }) => fate)).toEqual(releases);
});

test.each<[string, () => unknown]>([
  ['a party', () => party('2.2.0', {})],
  ['an exchange', () => exchange('2.2.0', {})],
])('%s of a release without a chart has no file, and is told of which there are', (_, write) => {
  expect(write).toThrow(InvalidInput);
  expect(problemsOf(write)).toEqual([
    {
      path: 'fate',
      what: 'KubeFATE has no chart for "2.2.0"',
      remedy: 'use "1.6.1" or "1.11.2" or "2.0.0", or native objects',
    },
  ]);
});

describe.each([
  ...releases.map((fate) => ({
    member: `a party of ${fate}`,
    file: (props: object) => party(fate, props),
    examples: cases<object>(ofParty(fate)),
  })),
  ...releases.map((fate) => ({
    member: `an exchange of ${fate}`,
    file: (props: object) => exchange(fate, props),
    examples: cases<object>(ofExchange),
  })),
])('whatever is declared of $member', ({ file, examples }) => {
  const base = (props: object) => file('kubernetes' in props ? { kubernetes: props.kubernetes } : {});

  test.each(examples)('is in the file, or a limit names it: $text', ({ props, said }) => {
    const same = 'kubernetes' in props && Object.keys(props).length === 1 ? file({}) : base(props);
    if (said === undefined) expect(clusterYaml(file(props))).not.toBe(clusterYaml(same));
    else {
      expect(clusterYaml(file(props))).toBe(clusterYaml(same));
      if (said !== 'descriptor') expect(same.limits.map(({ path }) => path)).toContain(said.limit);
    }
  });
});
