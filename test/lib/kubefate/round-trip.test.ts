import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ClusterFile,
  clusterFile,
  clusterYaml,
  exchangeDescriptor,
  exchangeFile,
  exchangePlan,
  type FateRelease,
  partyDescriptor,
  partyPlan,
  readClusterFile,
} from '../../../lib';

const transport = 'open';
const id = fc.integer({ min: 1, max: 999_999 });
/** A label that no reader of YAML takes for a number or a truth value. */
const label = fc.stringMatching(/^[f-m][a-z0-9-]{0,10}[a-z0-9]$/);
const domain = fc.tuple(label, label).map((labels) => labels.join('.'));
/** With a last label that no namespace has. */
const hostName = label.map((it) => `${it}.example.com`);
const address = fc.tuple(fc.nat(254), fc.integer({ min: 1, max: 254 })).map(([c, d]) => `203.0.${c}.${d}`);
const port = fc.integer({ min: 1, max: 65535 });
const size = fc.integer({ min: 1, max: 4096 });
const hosting = {
  namespace: label,
  registry: fc.constantFrom('harbor.example.com/fate', 'federatedai', '192.0.2.1:5000'),
  imagePullSecrets: fc.uniqueArray(label, { minLength: 1, maxLength: 2 }),
};

const annotation = fc.tuple(domain, label).map((parts) => parts.join('/'));

const placement = fc.record(
  {
    nodeSelector: fc.dictionary(label, label, { minKeys: 1, maxKeys: 2 }),
    tolerations: fc.array(
      fc.record({ key: label, operator: fc.constant('Equal'), value: label, effect: fc.constant('NoSchedule') }),
      { minLength: 1, maxLength: 2 },
    ),
    affinity: label.map((zone) => ({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] }],
        },
      },
    })),
  },
  { requiredKeys: [] },
);

const milli = (least: number, most: number) =>
  fc.integer({ min: least * 1000, max: most * 1000 }).map((it) => it / 1000);
const mebi = (least: number, most: number) =>
  fc.integer({ min: least * 1024, max: most * 1024 }).map((it) => it / 1024);
const resources = fc.record({
  requests: fc.record({ cpu: milli(1, 4), memoryGiB: mebi(1, 8) }),
  limits: fc.record({ cpu: milli(4, 32), memoryGiB: mebi(8, 128) }),
});

const exchange = fc
  .record({
    trafficServer: fc.oneof(address, hostName),
    nginx: address,
    ports: fc.record({ trafficServer: port, nginx: port }),
  })
  .map(
    ({ ports, ...addresses }) =>
      (name: string, fate: FateRelease) =>
        exchangeDescriptor(exchangePlan({ domain: name, transport, fate, ports }), addresses),
  );

const nodePort = fc.integer({ min: 30_000, max: 32_767 });
/** Services of those names; those at a port of the nodes have one each. */
const servicesOf = (...names: string[]) =>
  fc.uniqueArray(nodePort, { minLength: names.length, maxLength: names.length }).chain((ports) =>
    fc.record(
      Object.fromEntries(names.map((name, i) => [name, fc.constant({ type: 'NodePort', nodePort: ports[i] })])),
      {
        requiredKeys: [],
      },
    ),
  );

const placed = (...pods: string[]) =>
  fc.record(Object.fromEntries(['all', ...pods].map((pod) => [pod, placement])), { requiredKeys: [] });
const sized = (...containers: string[]) =>
  fc.record(Object.fromEntries(containers.map((name) => [name, resources])), { requiredKeys: [] });

const image = fc.tuple(label, label).map(([name, tag]) => `example.org/own/${name}:${tag}`);

/** Those with StatefulSets. */
const since1112 = {
  kubernetes: fc.constantFrom('1.24', '1.25'),
  resources: sized('fateflow', 'sparkMaster', 'sparkWorker', 'pulsar'),
  pods: placed('sparkWorker', 'sparkMaster', 'fateflow', 'fateboard'),
  compute: fc.constantFrom<object>(
    {},
    { device: 'ipcl' },
    { algorithm: 'nn' },
    { algorithm: 'nn', device: 'gpu' },
    { algorithm: 'all', device: 'gpu', gpus: 4 },
  ),
  datanodes: fc.integer({ min: 1, max: 9 }),
  pulsar: fc.record({ backlogGiB: fc.constant(1), readMinutes: fc.integer({ min: 1, max: 60 }) }, { requiredKeys: [] }),
  images: fc
    .record({ sparkMaster: label, sparkWorker: label }, { requiredKeys: [] })
    .map((tags) =>
      Object.fromEntries(
        Object.entries(tags).map(([name, tag]) => [name, `example.org/own/${name.toLowerCase()}:${tag}`]),
      ),
    ),
};

/** What the charts `fate` can express each in its own way. */
const byChart = {
  '1.6.1': {
    kubernetes: fc.constant('1.21'),
    resources: sized('fateflow', 'sparkWorker'),
    pods: placed('sparkWorker', 'fateflow'),
    tag: label,
  },
  '1.11.2': since1112,
  '2.0.0': {
    ...since1112,
    images: fc.record(
      { mysql: image, nginx: image, fateflow: image.map((it) => it.replace(':', '-spark:')) },
      { requiredKeys: [] },
    ),
    compute: fc.constant({}),
  },
} as const satisfies Partial<Record<FateRelease, object>>;

/** What a chart `fate` can express, and nothing else. */
const expressible = (fate: keyof typeof byChart) =>
  fc
    .tuple(
      fc.record(
        {
          ...hosting,
          id,
          domain,
          transport: fc.constant(transport),
          storageClass: label,
          storageClasses: fc.record({ mysql: label, pulsar: label }, { requiredKeys: [] }),
          sparkWorkers: fc.integer({ min: 1, max: 20 }),
          volumesGiB: fc.record({
            mysql: size,
            fateflow: size,
            client: size,
            namenode: size,
            datanode: size,
            pulsar: size,
          }),
          ingress: fc
            .record(
              {
                ingressClassName: fc.oneof(label, fc.constant('nginx-internal')),
                uis: fc.uniqueArray(fc.constantFrom('notebook', 'fateboard', 'spark', 'pulsar'), { minLength: 1 }),
                domain,
                hosts: fc.uniqueArray(label, { minLength: 4, maxLength: 4 }),
                annotations: fc.dictionary(annotation, fc.string({ unit: 'binary-ascii' }), { minKeys: 1, maxKeys: 3 }),
                basicAuthSecret: fc.oneof(label, fc.constant(false as const)),
                tlsSecret: fc.oneof(label, fc.record({ notebook: label, fateboard: label }, { requiredKeys: [] })),
              },
              { requiredKeys: [] },
            )
            .map(ownNames),
          services: servicesOf('nginx', 'pulsar'),
          exchange: fc.option(exchange, { nil: undefined }),
        },
        { requiredKeys: ['id', 'domain', 'transport'] },
      ),
      fc.record<{ tag?: string }>(byChart[fate] as object, { requiredKeys: ['kubernetes'] as never }),
    )
    .map(([{ exchange, services, ...common }, { tag, ...own }]) => ({
      ...common,
      ...own,
      fate,
      services: exchange === undefined ? { nginx: services?.['nginx'] } : services, // without one Pulsar is published to nobody
      ...(tag !== undefined && { images: taggedImages(common.registry ?? 'federatedai', tag) }),
      belowGuideline: true,
      exchange: exchange?.(common.domain, fate),
    }))
    .map((props) => (fate === '2.0.0' ? alone(props) : props));

/** With images where FATE's are published: that chart has no other place for those of HDFS, and joins nobody. */
const alone = <Props extends object>(props: Props) => ({
  ...props,
  registry: undefined,
  exchange: undefined,
  services: undefined,
});

/** Host names and Secrets are of interfaces that are published, here for some of them. */
interface OwnNames {
  ingressClassName?: string;
  uis?: string[];
  hosts?: string[];
  tlsSecret?: string | Record<string, string>;
  basicAuthSecret?: string | false;
}

function ownNames<T extends OwnNames>({ hosts = [], tlsSecret, basicAuthSecret: users = false, ...ingress }: T) {
  const basicAuthSecret = /^(nginx-internal)?$/.test(ingress.ingressClassName ?? '') && users;
  const published = ingress.uis ?? ['notebook', 'fateboard'];
  const only = (map: Record<string, string>) =>
    Object.fromEntries(Object.entries(map).filter(([ui]) => published.includes(ui)));
  const named = Object.fromEntries(published.slice(1).map((ui, i) => [ui, `${hosts[i]}.example.org`]));
  return {
    ...ingress,
    ...(hosts.length > 0 && { hosts: named }),
    ...(published.some((ui) => ['spark', 'pulsar'].includes(ui)) && { basicAuthSecret }),
    tlsSecret: typeof tlsSecret === 'object' ? only(tlsSecret) : tlsSecret,
  };
}

/** The chart has one tag for all of FATE's own images. */
const taggedImages = (registry: string, tag: string) => ({
  fateflow: `${registry}/python-spark:${tag}`,
  fateboard: `${registry}/fateboard:${tag}`,
  client: `${registry}/client:${tag}`,
  sparkMaster: `${registry}/spark-master:${tag}`,
  sparkWorker: `${registry}/spark-worker:${tag}`,
  nginx: `${registry}/nginx:${tag}`,
});

const reread = (file: ClusterFile) => readClusterFile(clusterYaml(file));

test.each(['1.6.1', '1.11.2', '2.0.0'] as const)(
  'a plan of %s becomes a file, a declaration and the same plan again, as far as its chart fate can express it',
  (fate) => {
    fc.assert(
      fc.property(expressible(fate), (props) => {
        const plan = partyPlan(props as Parameters<typeof partyPlan>[0]);
        const read = reread(clusterFile(plan));
        if (read.kind !== 'party') throw new Error(read.kind);
        expect(read.differences).toMatchObject([{ path: 'persistence', concerns: 'data', drivers: ['native'] }]);
        expect(read.differences).toHaveLength(1);
        const declared = read.declare({ withoutData: ['persistence'] });
        expect(partyPlan({ domain: props.domain, ...declared }).namespace).not.toBe(plan.namespace); // beside KubeFATE's
        const again = partyPlan({ domain: props.domain, ...declared, namespace: plan.namespace });
        expect(again).toEqual(plan);
        expect(clusterFile(again)).toEqual(clusterFile(plan));
      }),
      { numRuns: 200 },
    );
  },
);

const route = fc.record({
  id,
  nginx: address,
  pulsar: fc.oneof(address, hostName),
  ports: fc.record({ nginx: nodePort }),
});
const routes = fc.uniqueArray(route, { selector: (it) => it.id, maxLength: 6 }).map((all) =>
  all.map(({ ports, ...each }, i) => ({
    ...each,
    ports: { ...ports, pulsar: 30000 + i }, // a port of its own, lest two routes are one
  })),
);

test.each([
  ['1.6.1', '1.21'],
  ['1.11.2', '1.24'],
] as const)('an exchange of %s and its routes, too, as far as its chart can express them', (fate, kubernetes) => {
  const declared = fc.record(
    {
      ...hosting,
      kubernetes: fc.constantFrom(kubernetes, '1.25'),
      fate: fc.constant(fate),
      domain,
      transport: fc.constant(transport),
      replicas: fc.integer({ min: 1, max: 9 }),
      pods: fc.record({ all: placement, nginx: placement }, { requiredKeys: [] }),
      services: servicesOf('trafficServer', 'nginx'),
      parties: routes,
    },
    { requiredKeys: ['domain', 'transport', 'fate', 'parties'] },
  );
  fc.assert(
    fc.property(declared, ({ parties, ...props }) => {
      const unique = parties.filter(({ nginx }, i) => parties.findIndex((it) => it.nginx === nginx) === i);
      const descriptors = unique.map(({ id, nginx, pulsar, ports }) =>
        partyDescriptor(partyPlan({ domain: props.domain, transport, fate, id, ports }), { nginx, pulsar }),
      );
      const declared = { ...props, parties: descriptors } as Parameters<typeof exchangePlan>[0];
      const plan = exchangePlan(declared);
      const read = reread(exchangeFile(plan));
      if (read.kind !== 'exchange') throw new Error(read.kind);
      expect(read.differences).toEqual([]);
      const again = exchangePlan({ domain: props.domain, ...read.declaration });
      // The registry that FATE publishes in is no other one when it is read back: images are the same.
      expect({ ...again, registry: undefined }).toEqual({ ...plan, registry: undefined });
      expect(exchangeFile(again)).toEqual(exchangeFile(plan));
    }),
    { numRuns: 200 },
  );
});

test('the driver changes who makes the objects, and not what the file says', () => {
  const props = { domain: 'example.com', transport, id: 30000, kubernetes: '1.21' } as const;
  expect(clusterFile(partyPlan({ ...props, driver: 'kubefate' }))).toEqual(clusterFile(partyPlan(props)));
});
