import { services } from '../fate/services';
import type { PartyDescriptor } from './descriptor';
import type { PulsarServer } from './external-pulsar';
import type { Joining } from './neighbours';
import type { PublicEndpoint } from './public-addresses';

/**
 * Data routes of the exchange (`sni.yaml`): TLS for a party's FQDN is tunnelled to its Pulsar.
 * Without parties the list is empty but present: Traffic Server 9.2 does not start with a bare `sni:`.
 *
 * @see White paper, "Step 4: Updating each FLC's exposed IP address in the route table of the Exchange service"
 */
export const sniRoutes = (parties: readonly PartyDescriptor[]) => ({
  sni: parties.map(({ fqdn, pulsar }) => ({ fqdn, tunnel_route: `${pulsar.address}:${pulsar.port}` })),
});

/** An entry of `route_table.yaml`: hosts of one service, of which FATE's nginx picks one at random. */
interface NginxHost {
  readonly host: string;
  readonly http_port: number;
  readonly grpc_port?: number;
}

/** `route_table.yaml` of FATE's nginx: party → service → hosts. A `Map`, since party ids are YAML integers. */
export type NginxRoutes = ReadonlyMap<number | 'default', Readonly<Record<string, readonly NginxHost[]>>>;

/** A closed port: a call for an unknown party ends at once in 502, where a name would loop back into nginx. */
const nowhere: NginxHost = { host: '127.0.0.1', http_port: 9 };

const httpHost = ({ address, port }: PublicEndpoint): NginxHost => ({ host: address, http_port: port });

/**
 * Coordination routes of the exchange: a call for a party goes to the party's nginx.
 *
 * @see White paper, "Step 4: Updating each FLC's exposed IP address in the route table of the Exchange service"
 */
export const exchangeNginxRoutes = (parties: readonly PartyDescriptor[]): NginxRoutes =>
  new Map<number | 'default', Record<string, NginxHost[]>>([
    ['default', { proxy: [nowhere] }],
    ...parties.map(toNginx),
  ]);

const toNginx = ({ id, nginx }: PartyDescriptor): [number, Record<string, NginxHost[]>] => [
  id,
  { fateflow: [httpHost(nginx)] },
];

/** Who may call through the exchange, or a party where there is none: name in the certificate → id, of each that has a route. */
export const callersOf = (parties: readonly PartyDescriptor[]): ReadonlyMap<string, number> =>
  new Map(parties.map(({ id, fqdn }) => [fqdn, id]));

/**
 * Coordination routes of a party: its own calls go to its FATE Flow, all others to the exchange or, without one, to the nginx of
 * the party that is called.
 * The own host is a name, which nginx cannot connect to by itself: it falls back to the upstream of `nginx.conf`, which
 * is the same FATE Flow.
 */
export const partyNginxRoutes = ({ id, exchange, peers = [] }: Joined): NginxRoutes => {
  const { name, ports } = services.fateflow;
  return new Map<number | 'default', Record<string, NginxHost[]>>([
    ['default', { proxy: [exchange ? httpHost(exchange.nginx) : nowhere] }],
    [id, { fateflow: [{ host: name, http_port: ports.http, grpc_port: ports.grpc }] }],
    ...peers.map(toNginx),
  ]);
};

/** A party, and how it meets others. */
interface Joined extends Joining {
  readonly id: number;
}

interface JoinedPulsar extends Joined {
  /** Where its Pulsar is, whoever runs it. @default one of the party's own */
  readonly pulsar?: Pick<PulsarServer, 'host' | 'port'>;
}

/**
 * `pulsar_route_table.yaml` of FATE Flow: how the party's Pulsar reaches those of other parties, by default through the
 * exchange under the name `<id>.<domain>`, without one each at its address. A `Map`: FATE looks a party up by an integer and takes
 * a quoted id for none.
 */
export const pulsarRoutes = ({
  id,
  pulsar,
  exchange,
  peers = [],
}: JoinedPulsar): ReadonlyMap<number | 'default', object> => {
  const { name, ports } = services.pulsar;
  const { host, port } = pulsar ?? { host: name, port: ports.broker };
  const own = { host, port, sslPort: ports['broker-tls'], proxy: '' };
  if (exchange === undefined) return new Map([[id, own], ...peers.map(toPulsar)]);
  const { trafficServer, domain } = exchange;
  return new Map<number | 'default', object>([
    [
      'default',
      {
        proxy: `${trafficServer.address}:${trafficServer.port}`,
        domain,
        // FATE 1.x has these by itself.
        brokerPort: ports.broker,
        brokerSslPort: ports['broker-tls'],
      },
    ],
    [id, own],
  ]);
};

/** A Pulsar that speaks TLS calls others by TLS alone: the plain port is for FATE, which wants one. */
const toPulsar = ({ id, pulsar }: PartyDescriptor): [number, object] => [
  id,
  { host: pulsar.address, port: services.pulsar.ports.broker, sslPort: pulsar.port, proxy: '' },
];
