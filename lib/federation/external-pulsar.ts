import { type FateRelease, releases } from '../fate/releases';
import { services } from '../fate/services';
import {
  checkHostAddress,
  checkKeys,
  checkPattern,
  isMap,
  type Keys,
  readInteger,
  readList,
  shown,
} from '../input/checks';
import type { Problems } from '../input/problems';
import { readServer } from './engines';
import type { PublicEndpoint } from './public-addresses';

/**
 * A Pulsar that somebody else runs, for this party alone. FATE speaks to it without TLS and without credentials, other parties by TLS.
 * `kubefate-tanzu pulsar` prints what it has to be told.
 *
 * @see White paper, "Setting up a vSphere HA Pulsar Cluster"
 */
export interface ExternalPulsarProps {
  /** DNS name or IPv4 address at which the party's pods reach it: one broker, or what is in front of several. */
  readonly host: string;
  /** Port of messages, without TLS. @default 6650 */
  readonly port?: number;
  /** Port of the administration, HTTP without TLS. @default 8080 */
  readonly adminPort?: number;
  /**
   * Names or IPv4 addresses of its brokers, as they tell them to clients, `advertisedAddress`: the party's pods go on to the one that
   * has a topic, on the same ports.
   * @default none beside `host`, which is one broker, or proxies
   */
  readonly brokers?: readonly string[];
  /** What it calls itself. FATE 1.6.1 knows no other name than the default. @default 'standalone' */
  readonly clusterName?: string;
  /** Where the exchange or, without one, other parties reach it. @default required of a party that meets others */
  readonly public?: PublicPulsarProps;
}

/** Where a Pulsar takes TLS: at its one broker, or at proxies in front of several. */
export interface PublicPulsarProps {
  /** IPv4 address or DNS name. */
  readonly address: string;
  /** Its port. @default 6651 */
  readonly port?: number;
}

/** A Pulsar, as FATE finds it. */
export interface PulsarServer {
  readonly host: string;
  readonly port: number;
  readonly adminPort: number;
  /** What it calls itself. */
  readonly clusterName: string;
}

/** A Pulsar that somebody else runs, decided. */
export interface ExternalPulsar extends PulsarServer {
  /** Whom the party's pods may be sent on to, beside `host`. */
  readonly brokers: readonly string[];
  /** None: others do not reach it. */
  readonly public?: PublicEndpoint;
}

/** The party's own, by the name of its Service. */
export const ownServer = (fate: FateRelease): PulsarServer => ({
  host: name,
  port: ports.broker,
  adminPort: ports.admin,
  clusterName: releases[fate].pulsar.cluster,
});

/** @param isJoined whether others are to reach it */
export function planExternalPulsar(
  problems: Problems,
  props: Partial<ExternalPulsarProps>,
  { fate, isJoined }: { readonly fate: FateRelease; readonly isJoined: boolean },
): ExternalPulsar {
  const usual = ownServer(fate);
  checkKeys(problems, props, keys);
  const { port = usual.port, adminPort = usual.adminPort, clusterName = usual.clusterName } = props;
  const brokers = readList<string>(problems, 'brokers', props.brokers, []);
  checkName(problems, clusterName, fate);
  if (props.public === undefined && isJoined)
    problems.add(
      'public',
      'is missing, and others are to reach it',
      `use { address: "${example}", port: ${publicPort} }`,
    );
  return {
    host: readServer(problems, 'host', props.host, example),
    port: readInteger(problems, 'port', port, 1, 65535),
    adminPort: readInteger(problems, 'adminPort', adminPort, 1, 65535),
    brokers: brokers.map((broker, i) => readServer(problems, `brokers[${i}]`, broker, `broker-${i + 1}.example.com`)),
    clusterName,
    public: props.public === undefined ? undefined : planPublic(problems.at('public'), props.public),
  };
}

const keys: Keys<ExternalPulsarProps> = {
  host: true,
  port: true,
  adminPort: true,
  brokers: true,
  clusterName: true,
  public: true,
};

const { name, ports } = services.pulsar;
export const example = 'pulsar.example.com';
const publicPort = services.pulsarPublicTls.ports['broker-tls'];

/** Pulsar has paths of it, and FATE gives others the ids of their parties. */
function checkName(problems: Problems, clusterName: string, fate: FateRelease): void {
  const { pulsar, namesPulsar } = releases[fate];
  if (!namesPulsar && clusterName !== pulsar.cluster)
    problems.add(
      'clusterName',
      `${shown(clusterName)} is a name that FATE ${fate} cannot be told`,
      `have the Pulsar call itself "${pulsar.cluster}"`,
    );
  else checkPattern(problems, 'clusterName', clusterName, /^(?!\d+$)[-=:.\w]{1,64}$/, pulsar.cluster);
}

function planPublic(problems: Problems, props: PublicPulsarProps): PublicEndpoint {
  if (!isMap(props)) {
    problems.add('', `${shown(props)} is no map`, `use { address: "${example}" }`);
    return { address: example, port: publicPort };
  }
  checkKeys<PublicPulsarProps>(problems, props, { address: true, port: true });
  const { address, port = publicPort } = props;
  checkHostAddress(problems, 'address', address, 'ipv4 or name');
  return { address, port: readInteger(problems, 'port', port, 1, 65535) };
}
