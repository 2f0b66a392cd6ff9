import { describe, expect, test } from 'vitest';
import {
  type BackupProps,
  type ExchangeProps,
  exchangePlan,
  type FateRelease,
  federation,
  type PartyProps,
  partyPlan,
  secrets,
} from '../../../lib';
import { openPoints } from '../../../lib/reports/open-points';
import { exchangeDescriptorOf, twoParties } from '../../support/declarations';
import { partyDescriptorOf } from '../../support/parties';

const agreement = { domain: 'example.com' };
const party = (props: Partial<PartyProps> = {}, exchange = exchangeDescriptorOf()) => ({
  parties: [partyPlan({ ...agreement, id: 30000, ...props, exchange })],
});
const exchange = (props: ExchangeProps = {}) => ({ exchange: exchangePlan({ ...agreement, ...props }), parties: [] });
const whatOf = (plans: Parameters<typeof openPoints>[0]) => openPoints(plans).map(({ what }) => what);

describe('what is open', () => {
  test('of each member stands under its namespace, the exchange first', () => {
    const members = openPoints(federation(twoParties)).map(({ member }) => member);
    expect([...new Set(members)]).toEqual(['fate-exchange', 'fate-30000', 'fate-40000']);
    expect(members).toEqual([...members].sort((a, b) => rank(a) - rank(b)));
  });

  test.each([
    ['an exchange', exchange(), [secrets.trafficServerCertificate]],
    ['a party', party(), [secrets.mysql, secrets.fateboard, secrets.notebook, secrets.pulsarCertificate]],
  ])('of %s are the Secrets of its pods, with their keys', (_, plans, read) => {
    const found = whatOf(plans).filter((what) => what.startsWith('reads '));
    const named = read.map(({ name, keys }) => `${name} (${Object.values(keys).join(', ')})`);
    expect(found).toEqual([`reads ${named.join(', ')}`]);
  });

  test('are nodes for Spark workers, with what marks them', () => {
    const ofNodes = (sparkNodes: PartyProps['sparkNodes']) =>
      openPoints(party({ sparkNodes })).filter(({ what }) => what.includes('Spark workers'));
    expect(ofNodes(undefined)).toEqual([]);
    expect(ofNodes(true)).toEqual([
      {
        member: 'fate-30000',
        what: 'runs Spark workers on nodes with kubefate-tanzu/nodes=spark alone',
        remedy:
          'have a pool of the cluster with sparkNodes: true and these, or mark nodes: kubectl label node NAME kubefate-tanzu/nodes=spark; kubectl taint node NAME kubefate-tanzu/nodes=spark:NoSchedule',
      },
    ]);
    const [own] = ofNodes({ labels: { a: 'b', c: 'd' }, taints: [{ key: 'e', effect: 'NoExecute' }] });
    expect(own?.remedy).toContain('label node NAME a=b c=d; kubectl taint node NAME e:NoExecute');
  });

  test('are where backups end with the party, and the keys of a bucket', () => {
    const ofBackup = (to: BackupProps['to']) =>
      openPoints(party({ backup: { to } })).filter(({ what }) => what.includes('backup'));
    expect(ofBackup({ claimGiB: 20 }).map(({ what }) => what)).toEqual(['keeps its backups in its own namespace']);
    const bucket = ofBackup({ bucket: 'fate-backups', endpoint: 'https://s3.example.com' });
    expect(bucket.map(({ what }) => what)).toEqual(['reads backup-bucket (access-key, secret-key)']);
    expect(bucket[0]?.remedy).toContain(
      'kubectl -n fate-30000 create secret generic backup-bucket --from-file=access-key',
    );
  });

  test('are the issuer of a certificate, and the restart that nobody else sees to', () => {
    const certManager = { issuer: 'federation-ca', days: 60 };
    const reads = 'reads issued-certificate (tls.crt, tls.key, ca.crt) of Issuer federation-ca';
    expect(whatOf(exchange({ certManager }))).toEqual([
      reads,
      expect.stringMatching('no addresses'),
      'routes to nobody yet',
    ]);
    const points = openPoints(party({ certManager }));
    expect(points.map(({ what }) => what)).toContain(reads);
    expect(points.map(({ what }) => what)).not.toContainEqual(expect.stringContaining('pulsar-cert'));
    const [renewal] = points.filter(({ what }) => what.includes('renewed'));
    expect(renewal?.remedy).toMatch(
      /^restart Pulsar between jobs within 20 days .* -n fate-30000 get certificate issued-certificate/,
    );
    const alone = whatOf({ parties: [partyPlan({ ...agreement, id: 30000, certManager })] });
    expect(alone.filter((what) => what.includes('certificate'))).toEqual([]);
  });

  test.each([
    ['mutual-tls', []],
    ['open', ['takes calls and messages of anybody who reaches its public ports']],
  ] as const)('is who may call, where the transport is %s', (transport, expected) => {
    const openTo = (plans: Parameters<typeof openPoints>[0]) =>
      whatOf(plans).filter((what) => what.includes('anybody'));
    expect(openTo({ exchange: exchangePlan({ ...agreement, transport }), parties: [] })).toEqual(expected);
    const [standing, joined] = [undefined, exchangeDescriptorOf({ transport })].map((exchange) =>
      openTo({ parties: [partyPlan({ ...agreement, id: 30000, transport, exchange })] }),
    );
    expect({ standing, joined }).toEqual({ standing: [], joined: expected });
  });

  test('are Secrets that pull images, and those of TLS unless cert-manager makes them', () => {
    const hosts = ['30000.notebook.example.com', '30000.fateboard.example.com'];
    expect(whatOf(party({ imagePullSecrets: ['harbor'] }))).toContain('pulls images with Secret harbor');
    expect(openPoints(party({ ingress: { tlsSecret: 'wildcard' } }))).toContainEqual({
      member: 'fate-30000',
      what: 'reads Secret wildcard',
      remedy: `make it of type kubernetes.io/tls, for ${hosts.join(', ')}`,
    });
    const annotations = { 'cert-manager.io/cluster-issuer': 'letsencrypt' };
    const tlsSecret = { notebook: 'a', fateboard: 'b' };
    expect(whatOf(party({ ingress: { annotations, tlsSecret } }))).not.toContain('reads Secret a');
  });

  test('are addresses that nobody knows yet, and the command that shows them', () => {
    const [ofParty, ofExchange] = [party(), exchange()].map((plans) =>
      openPoints(plans).find(({ what }) => what.includes('no addresses')),
    );
    expect(ofParty?.remedy).toContain('kubectl -n fate-30000 get service nginx pulsar-public-tls');
    expect(ofExchange?.remedy).toContain('kubectl -n fate-exchange get service traffic-server nginx');
    expect(whatOf(party({ addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' } }))).not.toContain(
      'has no addresses yet',
    );
  });

  test.each([
    ['an address that was assigned', '192.0.2.68', true],
    ['a reserved address', { reserved: '192.0.2.68' }, false],
    ['a DNS name', 'exchange.example.com', false],
  ])('is whether Traffic Server keeps %s', (_, trafficServer, isOpen) => {
    const found = whatOf(exchange({ addresses: { trafficServer, nginx: '192.0.2.69' } }));
    expect(found.includes("Traffic Server's address 192.0.2.68 is not reserved")).toBe(isOpen);
  });

  test('is that a party stands alone, and then not that it has no addresses', () => {
    const alone = whatOf({ parties: [partyPlan({ ...agreement, id: 30000 })] });
    expect(alone).toContain('stands alone');
    expect(alone).not.toContain('has no addresses yet');
    expect(whatOf(party())).not.toContain('stands alone');
  });

  test('is that a party that stands alone has no certificate of cert-manager yet', () => {
    const alone = partyPlan({ ...agreement, id: 30000, certManager: { issuer: 'federation-ca' } });
    const remedies = openPoints({ parties: [alone] }).map(({ remedy }) => remedy);
    expect(remedies).toContain(
      'name the descriptor of an exchange, or without one those of peers, to join others, and to have a certificate of cert-manager',
    );
  });

  test('is that an exchange routes to nobody, as long as no party is declared', () => {
    expect(whatOf(exchange())).toContain('routes to nobody yet');
    expect(whatOf(federation(twoParties))).not.toContain('routes to nobody yet');
  });

  test('are images that nobody has published, for as long as nothing says where the own ones are', () => {
    const pulled = (props: Partial<PartyProps>, fate: FateRelease = '2.2.0') =>
      whatOf({ parties: [partyPlan({ ...agreement, fate, id: 30000, ...props })] }).filter((it) =>
        it.startsWith('pulls'),
      );
    const own = 'harbor.example.com/own:1';
    expect(pulled({})).toEqual([
      'pulls federatedai/fateflow-spark:2.2.0-release, federatedai/client:2.2.0-release, federatedai/spark-master:2.2.0-release, federatedai/spark-worker:2.2.0-release, which nobody has published',
    ]);
    expect(pulled({ compute: { algorithm: 'nn' }, images: { client: own, sparkMaster: own } })).toEqual([
      'pulls federatedai/fateflow-spark-nn:2.2.0-release, federatedai/spark-worker-nn:2.2.0-release, which nobody has published',
    ]);
    expect(pulled({ registry: 'harbor.example.com/fate' })).toEqual([]);
    // Docker Hub by its full name is where they are not.
    for (const registry of ['docker.io/federatedai', 'index.docker.io/federatedai'])
      expect(pulled({ registry })).toEqual([expect.stringContaining(`pulls ${registry}/fateflow-spark:2.2.0-release`)]);
    expect(pulled({}, '1.11.2')).toEqual([]);
  });

  test('are users, where an interface asks nobody itself', () => {
    const ingress = { uis: ['spark'], basicAuthSecret: 'users' } as const;
    expect(whatOf(party({ ingress }))).toContain('asks for users of Secret users');
    expect(whatOf(party()).filter((what) => what.startsWith('asks for users'))).toEqual([]);
  });

  test.each([
    ['a party', party({}, { ...exchangeDescriptorOf(), egress: ['198.51.100.0/28'] }), 'nginx and pulsar', 'exchange'],
    [
      'an exchange',
      {
        exchange: exchangePlan({
          ...agreement,
          parties: [{ ...partyDescriptorOf(40000, '192.0.2.1', '192.0.2.2'), egress: ['198.51.100.0/28'] }],
        }),
        parties: [],
      },
      'traffic-server and nginx',
      'party 40000',
    ],
  ])('are ranges that keep nobody away from %s', (_, plans, called, caller) => {
    const found = whatOf(plans).filter((what) => what.startsWith('takes connections'));
    expect(found).toEqual([
      expect.stringMatching(`^takes connections from any address at ${called}, although (the )?${caller} declared`),
    ]);
  });

  test('are no ranges where nobody has declared any, or where they hold', () => {
    const local = { externalTrafficPolicy: 'Local' } as const;
    const services = { nginx: local, pulsar: local };
    const declared = { ...exchangeDescriptorOf(), egress: ['198.51.100.0/28'] };
    for (const plans of [party(), party({ services }, declared), exchange()])
      expect(whatOf(plans).filter((what) => what.startsWith('takes connections'))).toEqual([]);
    expect(whatOf(party({ services: { nginx: local } }, declared))).toContainEqual(
      expect.stringContaining('from any address at pulsar, although'),
    );
  });

  test('are interfaces that their controller may not reach', () => {
    const of = (ingress: PartyProps['ingress'], more: Partial<PartyProps> = {}) =>
      whatOf(party({ ingress, ...more })).filter((what) => what.startsWith('lets in controllers'));
    const contour = { ingressClassName: 'contour' };
    expect(of(contour)).toEqual([
      'lets in controllers of namespace ingress-nginx alone, where one of class "contour" may not be',
    ]);
    for (const ingress of [{}, { ingressClassName: 'nginx-internal' }, { ...contour, uis: [] }])
      expect(of(ingress)).toEqual([]);
    expect(of({ ...contour, controllerNamespace: 'tanzu-system-ingress' })).toEqual([]);
    expect(of(contour, { networkPolicies: false })).toEqual([]);
  });

  test('are host names for DNS', () => {
    expect(whatOf(party())).toContain('publishes 30000.notebook.example.com, 30000.fateboard.example.com');
    expect(whatOf(party({ ingress: { uis: [] } })).filter((what) => what.startsWith('publishes'))).toEqual([]);
  });

  test("are the limits of KubeFATE's charts, where it is the driver", () => {
    const limits = (plans: Parameters<typeof openPoints>[0]) =>
      whatOf(plans).filter((what) => what.startsWith('KubeFATE: '));
    const byKubeFate = { ...agreement, transport: 'open', driver: 'kubefate' } as const;
    expect(limits({ parties: [partyPlan({ ...byKubeFate, id: 30000 })] }).length).toBeGreaterThan(3);
    expect(limits({ exchange: exchangePlan(byKubeFate), parties: [] }).length).toBeGreaterThan(3);
    expect(limits(party())).toEqual([]);
  });
});

const rank = (member: string): number => ['fate-exchange', 'fate-30000', 'fate-40000'].indexOf(member);
