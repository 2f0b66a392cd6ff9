import {
  type AddressKind,
  checkHostAddress,
  checkKeys,
  checkPort,
  isMap,
  type Keys,
  readList,
  shown,
} from '../input/checks';
import { checkNetwork } from '../input/cidr';
import { Problems } from '../input/problems';
import { type Agreement, agreementKeys, unreadableDomain } from './agreement';
import { descriptorVersion, type ExchangeDescriptor, type PartyDescriptor } from './descriptor';
import { checkId, isId } from './party-id';
import type { PublicEndpoint } from './public-addresses';

/** Whether a party's descriptor fits this federation; reports why it does not. */
export function checkPartyDescriptor(
  problems: Problems,
  descriptor: unknown,
  agreement: Agreement,
): descriptor is PartyDescriptor {
  const before = problems.count;
  if (!checkHead(problems, descriptor, 'Party', agreement)) return false;
  const { id, fqdn, nginx, pulsar, egress } = descriptor;
  checkKeys(problems, descriptor, partyKeys);
  checkId(problems, id);
  if (isId(id)) checkFqdn(problems, fqdn, id, agreement);
  checkEgress(problems, egress);
  checkEndpoint(problems.at('nginx'), nginx, 'ipv4');
  checkEndpoint(problems.at('pulsar'), pulsar, 'ipv4 or name');
  return problems.count === before;
}

/** Reports that nobody says whose a descriptor is to be that comes from elsewhere. */
export function checkAuthorNamed(problems: Problems, party: unknown): void {
  if (party !== undefined) checkId(problems, party);
  else problems.add('id', 'is missing', 'give the id of the party whose descriptor this is to be, such as 40000');
}

/** Whether a descriptor is of the party that it is taken for; reports when it is not. What is no descriptor is left to others. */
export function checkAuthor(problems: Problems, descriptor: unknown, party: unknown): boolean {
  if (!isMap(descriptor) || !isId(descriptor['id']) || !isId(party) || descriptor['id'] === party) return true;
  const remedy = `ask for the descriptor of ${party}, or write the id of whose it is`;
  problems.add('id', `${descriptor['id']} is not the party of this entry, which is ${party}`, remedy);
  return false;
}

function checkFqdn(problems: Problems, fqdn: unknown, id: number, { domain }: Agreement): void {
  if (domain === unreadableDomain || fqdn === `${id}.${domain}`) return;
  problems.add('fqdn', `${shown(fqdn)} is not the party's name`, `use "${id}.${domain}"`);
}

/** As {@link checkPartyDescriptor}, of an exchange. */
export function checkExchangeDescriptor(
  problems: Problems,
  descriptor: unknown,
  agreement: Agreement,
): descriptor is ExchangeDescriptor {
  const before = problems.count;
  if (!checkHead(problems, descriptor, 'Exchange', agreement)) return false;
  checkKeys(problems, descriptor, exchangeKeys);
  checkEndpoint(problems.at('trafficServer'), descriptor['trafficServer'], 'ipv4 or name');
  checkEndpoint(problems.at('nginx'), descriptor['nginx'], 'ipv4');
  checkEgress(problems, descriptor['egress']);
  return problems.count === before;
}

/** Reports what is no CIDR range among those that a member's connections come from. */
export function checkEgress(problems: Problems, egress: unknown): void {
  const found = Problems.none();
  const ranges = readList(problems, 'egress', egress as readonly unknown[] | undefined, []);
  for (const [i, range] of ranges.entries()) checkNetwork(found, `egress[${i}]`, range);
  problems.addFirst(found);
}

const headKeys = { ...agreementKeys, apiVersion: true, kind: true } as const;

const partyKeys: Keys<PartyDescriptor> = {
  ...headKeys,
  id: true,
  fqdn: true,
  nginx: true,
  pulsar: true,
  egress: true,
};

const exchangeKeys: Keys<ExchangeDescriptor> = { ...headKeys, trafficServer: true, nginx: true, egress: true };

function checkHead(
  problems: Problems,
  descriptor: unknown,
  kind: string,
  agreement: Agreement,
): descriptor is Record<string, unknown> {
  const expected = `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind} of ${descriptorVersion}`;
  if (!isMap(descriptor)) {
    problems.add('', `${shown(descriptor)} is no descriptor`, `use ${expected}`);
    return false;
  }
  if (descriptor['kind'] === undefined && descriptor['apiVersion'] === undefined) {
    problems.add('', 'has neither kind nor apiVersion, so that it is no descriptor', `use ${expected}`);
    return false;
  }
  if (descriptor['kind'] !== kind || descriptor['apiVersion'] !== descriptorVersion) {
    const found = `${shown(descriptor['kind'])} of ${shown(descriptor['apiVersion'])}`;
    problems.add('', `${found} is no descriptor that fits here`, `use ${expected}`);
    return false;
  }
  for (const key of ['domain', 'fate', 'transport'] as const) {
    if (descriptor[key] === agreement[key] || agreement[key] === unreadableDomain) continue;
    const found = descriptor[key] === undefined ? 'is missing' : `${shown(descriptor[key])} is not this federation's`;
    problems.add(key, found, `use ${shown(agreement[key])}, or agree with its author on one`);
  }
  return true;
}

function checkEndpoint(problems: Problems, endpoint: unknown, kind: AddressKind): void {
  if (!isMap(endpoint)) return problems.add('', `${shown(endpoint)} is no endpoint`, 'use { address, port }');
  checkKeys<PublicEndpoint>(problems, endpoint, { address: true, port: true });
  checkHostAddress(problems, 'address', endpoint['address'], kind);
  checkPort(problems, 'port', endpoint['port']);
}
