import { isDnsName, isHostIpv4 } from '../addresses';
import { descriptorVersion, type ExchangeDescriptor, type PartyDescriptor } from '../descriptor';
import type { Problems } from '../problems';
import type { AddressKind } from './addresses';
import type { Agreement } from './agreement';
import { checkInteger, checkPort, isMap, shown } from './checks';

/** Reports what makes a party's descriptor unfit for this federation. */
export function checkPartyDescriptor(problems: Problems, descriptor: PartyDescriptor, agreement: Agreement): void {
  if (!checkHead(problems, descriptor, 'Party', agreement)) return;
  const { id, fqdn, domain, nginx, pulsar } = descriptor;
  checkInteger(problems, 'id', id, 1, 999_999_999);
  if (fqdn !== `${id}.${domain}`)
    problems.add('fqdn', `${shown(fqdn)} is not the party's name`, `use "${id}.${domain}"`);
  checkEndpoint(problems.at('nginx'), nginx, 'ipv4');
  checkEndpoint(problems.at('pulsar'), pulsar, 'ipv4 or name');
}

/** Reports what makes an exchange's descriptor unfit for this federation. */
export function checkExchangeDescriptor(
  problems: Problems,
  descriptor: ExchangeDescriptor,
  agreement: Agreement,
): void {
  if (!checkHead(problems, descriptor, 'Exchange', agreement)) return;
  checkEndpoint(problems.at('trafficServer'), descriptor.trafficServer, 'ipv4 or name');
  checkEndpoint(problems.at('nginx'), descriptor.nginx, 'ipv4');
}

function checkHead(problems: Problems, descriptor: unknown, kind: string, agreement: Agreement): boolean {
  const found = isMap(descriptor) ? `${descriptor['kind']} of ${descriptor['apiVersion']}` : shown(descriptor);
  if (!isMap(descriptor) || found !== `${kind} of ${descriptorVersion}`) {
    problems.add('', `${found} is no descriptor`, `use a ${kind} of ${descriptorVersion}`);
    return false;
  }
  for (const key of ['domain', 'fate'] as const) {
    if (descriptor[key] !== agreement[key]) {
      problems.add(
        key,
        `${shown(descriptor[key])} is another federation's`,
        `use ${shown(agreement[key])}, or agree with its author on one`,
      );
    }
  }
  return true;
}

function checkEndpoint(problems: Problems, endpoint: unknown, kind: AddressKind): void {
  if (!isMap(endpoint)) return problems.add('', `${shown(endpoint)} is no endpoint`, 'use { address, port }');
  const { address, port } = endpoint;
  const named = typeof address === 'string' && kind === 'ipv4 or name' && isDnsName(address);
  if (!named && (typeof address !== 'string' || !isHostIpv4(address))) {
    problems.add(
      'address',
      `${shown(address)} is no address of a host`,
      kind === 'ipv4' ? 'use an IPv4 literal' : 'use an IPv4 literal or a lower-case DNS name',
    );
  }
  checkPort(problems, 'port', port);
}
