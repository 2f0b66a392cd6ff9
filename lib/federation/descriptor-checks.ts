import { isCidr } from '../input/addresses';
import type { AddressKind } from '../input/checks';
import { checkHostAddress, checkInteger, checkKeys, checkPort, isMap, readList, shown } from '../input/checks';
import type { Problems } from '../input/problems';
import type { Agreement } from './agreement';
import { descriptorVersion } from './descriptor';

/** Reports what makes a party's descriptor unfit for this federation; false when it has not even its form. */
export function checkPartyDescriptor(problems: Problems, descriptor: unknown, agreement: Agreement): boolean {
  if (!checkHead(problems, descriptor, 'Party', agreement)) return false;
  const { id, fqdn, nginx, pulsar, egress } = descriptor;
  checkKeys(problems, descriptor, [...headKeys, 'id', 'fqdn', 'nginx', 'pulsar', 'egress']);
  checkInteger(problems, 'id', id, 1, 999_999_999);
  const expected = `${id}.${agreement.domain}`;
  if (fqdn !== expected) problems.add('fqdn', `${shown(fqdn)} is not the party's name`, `use "${expected}"`);
  checkEgress(problems, egress);
  const reachable = checkEndpoint(problems.at('nginx'), nginx, 'ipv4');
  return checkEndpoint(problems.at('pulsar'), pulsar, 'ipv4 or name') && reachable;
}

/** As {@link checkPartyDescriptor}, of an exchange. */
export function checkExchangeDescriptor(problems: Problems, descriptor: unknown, agreement: Agreement): boolean {
  if (!checkHead(problems, descriptor, 'Exchange', agreement)) return false;
  checkKeys(problems, descriptor, [...headKeys, 'trafficServer', 'nginx']);
  const reachable = checkEndpoint(problems.at('trafficServer'), descriptor['trafficServer'], 'ipv4 or name');
  return checkEndpoint(problems.at('nginx'), descriptor['nginx'], 'ipv4') && reachable;
}

/** Reports what is no CIDR range among those that a party's connections come from. */
export function checkEgress(problems: Problems, egress: unknown): void {
  readList(problems, 'egress', egress as readonly unknown[] | undefined, []).forEach((range, i) => {
    if (typeof range !== 'string' || !isCidr(range)) {
      problems.add(`egress[${i}]`, `${shown(range)} is no CIDR range`, 'use one such as "198.51.100.0/28"');
    }
  });
}

const headKeys = ['apiVersion', 'kind', 'domain', 'fate'];

function checkHead(
  problems: Problems,
  descriptor: unknown,
  kind: string,
  agreement: Agreement,
): descriptor is Record<string, unknown> {
  const found = isMap(descriptor) ? `${descriptor['kind']} of ${descriptor['apiVersion']}` : shown(descriptor);
  if (found !== `${kind} of ${descriptorVersion}` || !isMap(descriptor)) {
    problems.add('', `${found} is no descriptor that fits here`, `use a ${kind} of ${descriptorVersion}`);
    return false;
  }
  for (const key of ['domain', 'fate'] as const) {
    if (descriptor[key] !== agreement[key]) {
      problems.add(
        key,
        `${shown(descriptor[key])} is not this federation's`,
        `use ${shown(agreement[key])}, or agree with its author on one`,
      );
    }
  }
  return true;
}

function checkEndpoint(problems: Problems, endpoint: unknown, kind: AddressKind): boolean {
  if (!isMap(endpoint)) {
    problems.add('', `${shown(endpoint)} is no endpoint`, 'use { address, port }');
    return false;
  }
  checkKeys(problems, endpoint, ['address', 'port']);
  checkHostAddress(problems, 'address', endpoint['address'], kind);
  checkPort(problems, 'port', endpoint['port']);
  return true;
}
