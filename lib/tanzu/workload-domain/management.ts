import { isHostIpv4 } from '../../input/addresses';
import { checkHostName, checkKeys, type Keys, readMap, readText, shown } from '../../input/checks';
import { addressNumber, type Cidr, contains, hostsOf, readNetwork, subnetMask, unreadable } from '../../input/cidr';
import type { Problems } from '../../input/problems';

/** Network that the control plane of a Supervisor shares with vCenter and the hosts. */
export interface ManagementNetworkProps {
  /** Name of the port group. */
  readonly portGroup: string;
  /** The whole subnet: `198.51.100.0/24`. */
  readonly cidr: string;
  /** IPv4 address of the subnet's router. */
  readonly gateway: string;
  /** First of five consecutive free addresses of the subnet, for the control plane. */
  readonly startingAddress: string;
}

/** Planned network of a control plane. */
export interface ManagementNetwork {
  readonly portGroup: string;
  readonly cidr: Cidr;
  /** Of `cidr`, in the provider's words: `255.255.255.0`. */
  readonly subnetMask: string;
  readonly gateway: string;
  readonly startingAddress: string;
  /** From `startingAddress` on: 5. */
  readonly addressCount: number;
}

/** What a Supervisor has on any network. */
export interface SupervisorServicesProps {
  /** Network that the control plane shares with vCenter and the hosts. */
  readonly management: ManagementNetworkProps;
  /** Addresses of DNS servers. */
  readonly dns: readonly string[];
  /** Time servers: certificates and tokens need the same time everywhere. */
  readonly ntp: readonly string[];
  /** DNS domains to complete short names with; with `type: 'nsx'` before vSphere 9.0 one. */
  readonly searchDomains: readonly string[];
}

/** The same of a plan. */
export interface SupervisorServices {
  readonly management: ManagementNetwork;
  readonly dns: readonly string[];
  readonly ntp: readonly string[];
  readonly searchDomains: readonly string[];
}

export const serviceKeys: Keys<SupervisorServicesProps> = {
  management: true,
  dns: true,
  ntp: true,
  searchDomains: true,
};

export function planServices(problems: Problems, props: Partial<SupervisorServicesProps>): SupervisorServices {
  return {
    management: planManagement(problems.at('management'), readMap(problems, 'management', props.management)),
    dns: readTexts(problems, 'dns', props.dns, checkAddress),
    ntp: readTexts(problems, 'ntp', props.ntp, checkTimeServer),
    searchDomains: readTexts(problems, 'searchDomains', props.searchDomains, checkDomain),
  };
}

/** Texts that were declared, one or more. */
export function readTexts(
  problems: Problems,
  path: string,
  values: unknown,
  check?: (problems: Problems, path: string, text: string) => unknown,
): readonly string[] {
  if (Array.isArray(values) && values.length > 0) {
    const texts = values.map((value, i) => readText(problems, `${path}[${i}]`, value));
    for (const [i, text] of texts.entries()) if (text !== '') check?.(problems, `${path}[${i}]`, text);
    return texts.filter((text) => text !== '');
  }
  const what = values === undefined ? 'is missing' : `${shown(values)} names nothing`;
  problems.add(path, what, 'use a list of one or more');
  return [];
}

export const readNetworks = (problems: Problems, key: string, cidrs: readonly unknown[]): readonly Cidr[] =>
  cidrs.map((cidr, i) => readNetwork(problems, `${key}[${i}]`, cidr));

function checkTimeServer(problems: Problems, path: string, server: string): void {
  if (!isHostIpv4(server)) checkHostName(problems, path, server, 'time.example.com');
}

export function checkDomain(problems: Problems, path: string, domain: string): void {
  checkHostName(problems, path, domain, 'example.com');
}

/** Three control plane VMs, the address they share, and one to replace a VM with during an upgrade. */
const controlPlaneAddresses = 5;

const managementKeys: Keys<ManagementNetworkProps> = {
  portGroup: true,
  cidr: true,
  gateway: true,
  startingAddress: true,
};

function planManagement(problems: Problems, props: Partial<ManagementNetworkProps>): ManagementNetwork {
  checkKeys(problems, props, managementKeys);
  const { gateway = '', startingAddress = '' } = props;
  const cidr = readNetwork(problems, 'cidr', props.cidr);
  const sound = (['gateway', 'startingAddress'] as const).map((key) => checkAddress(problems, key, props[key]));
  if (!sound.includes(false) && cidr !== unreadable) checkControlPlane(problems, cidr, gateway, startingAddress);
  return {
    portGroup: readText(problems, 'portGroup', props.portGroup),
    cidr,
    subnetMask: subnetMask(cidr.prefix),
    gateway,
    startingAddress,
    addressCount: controlPlaneAddresses,
  };
}

export function checkAddress(problems: Problems, path: string, address: unknown): boolean {
  const isSound = typeof address === 'string' && isHostIpv4(address);
  const what = address === undefined ? 'is missing' : `${shown(address)} is no IPv4 address`;
  if (!isSound) problems.add(path, what, 'use one such as "198.51.100.10"');
  return isSound;
}

function checkControlPlane(problems: Problems, cidr: Cidr, gateway: string, startingAddress: string): void {
  const hosts = hostsOf(cidr);
  const start = addressNumber(startingAddress);
  const controlPlane = { first: start, last: start + controlPlaneAddresses - 1 };
  const router = { first: addressNumber(gateway), last: addressNumber(gateway) };
  if (!contains(hosts, controlPlane)) {
    problems.add(
      'startingAddress',
      `"${startingAddress}" and the four addresses after it are not all hosts of ${cidrText(cidr)}`,
      'use the first of five consecutive free addresses of the subnet',
    );
  }
  if (!contains(hosts, router)) {
    problems.add('gateway', `"${gateway}" is no host of ${cidrText(cidr)}`, 'use the address of its router');
  } else if (contains(controlPlane, router)) {
    problems.add('gateway', `"${gateway}" is among the five addresses of the control plane`, 'move startingAddress');
  }
}

export const cidrText = ({ address, prefix }: Cidr): string => `${address}/${prefix}`;
