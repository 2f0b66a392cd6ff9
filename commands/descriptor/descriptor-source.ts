import { readFileSync } from 'node:fs';
import { planAgreement } from '../../lib/federation/agreement';
import {
  type ExchangeDescriptor,
  exchangeDescriptor,
  type PartyDescriptor,
  partyDescriptor,
} from '../../lib/federation/descriptor';
import { checkExchangeDescriptor, checkPartyDescriptor } from '../../lib/federation/descriptor-checks';
import { isMap } from '../../lib/input/checks';
import { decodedText } from '../../lib/input/decoded-text';
import { Problems } from '../../lib/input/problems';
import { planDeclared } from '../declaration-file';
import { Mistake } from '../mistake';

/**
 * The descriptor that a file is, or that of the one member that it declares.
 *
 * @throws {InvalidInput} when it is not sound
 * @throws {Mistake} when there is none yet, or more than one
 */
export async function readDescriptorSource(source: string): Promise<PartyDescriptor | ExchangeDescriptor> {
  const described = jsonOf(source);
  return isMap(described) && 'apiVersion' in described ? soundDescriptor(described, source) : declared(source);
}

/** None for a text of another kind. */
function jsonOf(source: string): unknown {
  const text = decodedText(readFileSync(source === '-' ? 0 : source));
  try {
    return JSON.parse(text);
  } catch {
    if (source === '-') throw new Mistake('standard input is no JSON; name the file of a declaration');
    return undefined;
  }
}

/**
 * A descriptor as it is, of whatever federation.
 *
 * @throws {InvalidInput} when it is none
 */
export function soundDescriptor(described: unknown, source: string): PartyDescriptor | ExchangeDescriptor {
  const problems = Problems.none();
  const { kind, domain, fate, transport } = Object(described) as Partial<PartyDescriptor | ExchangeDescriptor>;
  const agreement = planAgreement(problems, { domain: domain as string, fate, transport });
  const isSound =
    kind === 'Exchange'
      ? checkExchangeDescriptor(problems, described, agreement)
      : checkPartyDescriptor(problems, described, agreement);
  problems.throwIfAny(source);
  if (!isSound) throw new Mistake(`${source} is no descriptor`);
  return described as PartyDescriptor | ExchangeDescriptor;
}

async function declared(source: string): Promise<PartyDescriptor | ExchangeDescriptor> {
  const { exchange, parties } = await planDeclared(source);
  const [member, another] = [
    ...(exchange ? [exchangeDescriptor(exchange)] : []),
    ...parties.map((each) => partyDescriptor(each)),
  ];
  if (parties.length + (exchange ? 1 : 0) !== 1 || another !== undefined)
    throw new Mistake(`${source} declares more than one member; sign what each declares for itself`);
  if (member === undefined)
    throw new Mistake(`${source} says no addresses yet; the LoadBalancers have them once they are deployed`);
  return member;
}
