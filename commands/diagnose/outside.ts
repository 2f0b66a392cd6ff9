import { readFileSync } from 'node:fs';
import type { Unseen } from '../../lib/diagnosis/asks';
import type { Finding } from '../../lib/diagnosis/finding';
import { allHolds, asksOf, climb } from '../../lib/diagnosis/ladder';
import { type Outsider, outsideOfExchange, outsideOfParty } from '../../lib/diagnosis/ladders/outside';
import { handled } from '../../lib/diagnosis/remedy';
import { authoritiesAsk } from '../../lib/diagnosis/steps/certificates';
import { certificateName, type Member } from '../../lib/federation/certificates';
import type { DeclaredPlans } from '../../lib/federation/declaration';
import type { ExchangeDescriptor, PartyDescriptor } from '../../lib/federation/descriptor';
import { exchangePlan } from '../../lib/federation/exchange';
import { partyPlan } from '../../lib/federation/party';
import { isSignedDescriptor, readSignedDescriptor } from '../../lib/federation/signed-descriptor';
import { decodedText } from '../../lib/input/decoded-text';
import { certificatesIn, commonNames } from '../../lib/input/pem';
import { Problems } from '../../lib/input/problems';
import type { Report } from '../arguments';
import { readDescriptorSource, soundDescriptor } from '../descriptor/descriptor-source';
import { checkFile, fileText } from '../files';
import { Mistake } from '../mistake';
import { clientIdentity } from '../pki/sources';
import { answersHere } from './answers-here';
import { findingJson, findingsText, summary } from './findings-text';

/** From where somebody looks, and at whom. */
export interface Looking {
  /** Descriptor, signed or not, or the declaration of the one member whose it is. */
  readonly source: string;
  /** Ids of parties that an exchange should lead to. */
  readonly peers: readonly number[];
  /** File of the authorities, PEM. @default those beside the own certificate */
  readonly ca?: string;
  /** Folder of the member as whom is asked. @default nobody in particular */
  readonly as?: string;
}

/** As {@link lookFromOutside}, told. */
export async function diagnoseOutside(looking: Looking): Promise<Report> {
  const { descriptor, peers, findings } = await lookFromOutside(looking);
  const { kind, domain } = descriptor;
  const plans = assumedPlans(descriptor, peers);
  const told = findings.map((finding) => ({
    ...handled(finding, plans, peers),
    page: undefined,
    commands: [],
  }));
  const holds = allHolds(findings);
  const member = kind === 'Party' ? `party ${descriptor.id}` : 'exchange';
  const text = `${findingsText(`${member} of ${domain}, from outside`, told)}${summary(told)}`;
  return { holds, text, json: { holds, members: [{ member, checks: told.map(findingJson) }] } };
}

/** Remedies are told by plans, and nobody knows those of others. What they call their namespaces is not told, either. */
const assumedPlans = (descriptor: PartyDescriptor | ExchangeDescriptor, peers: readonly number[]): DeclaredPlans => {
  const { domain, fate, transport } = descriptor;
  const agreement = { domain, fate, transport };
  const ids = new Set([...(descriptor.kind === 'Party' ? [descriptor.id] : []), ...peers]);
  return { exchange: exchangePlan(agreement), parties: [...ids].map((id) => partyPlan({ ...agreement, id })) };
};

export interface SeenFromOutside {
  readonly descriptor: PartyDescriptor | ExchangeDescriptor;
  /** Ids of parties that were asked for, the own one too. */
  readonly peers: readonly number[];
  readonly findings: readonly Finding[];
}

/** Looks at a member from a machine outside of its cluster, as other members and strangers do. Nothing is changed. */
export async function lookFromOutside({ source, peers, ca, as }: Looking): Promise<SeenFromOutside> {
  const own = as === undefined ? undefined : clientIdentity(as);
  const authorities = ca === undefined ? own?.ca : authoritiesIn(ca);
  const descriptor = await described(source, authorities);
  const member = own && memberOf(own.certificate, `${as}`, descriptor.domain);
  const outsider = { member, peers: [...new Set([...(typeof member === 'number' ? [member] : []), ...peers])] };
  const [about, steps] = ladderOf(descriptor, outsider);
  const answers = new Map(await answersHere(asksOf(steps), own));
  if (authorities !== undefined) answers.set(authoritiesAsk, { value: { code: 0, stdout: authorities, stderr: '' } });
  const observed = { now: new Date(), pods: noCluster, events: noCluster, answers };
  return { descriptor, peers: outsider.peers, findings: climb(about, steps, observed) };
}

function authoritiesIn(file: string): string {
  checkFile(file);
  const text = fileText(file);
  if ((certificatesIn(text) ?? []).length === 0) throw new Mistake(`${file}: has no certificates that can be read`);
  return text;
}

const noCluster: Unseen = { unseen: 'no cluster is asked', kind: 'outage' };

const ladderOf = (descriptor: PartyDescriptor | ExchangeDescriptor, outsider: Outsider) =>
  descriptor.kind === 'Party'
    ? ([descriptor.id, outsideOfParty(descriptor, outsider)] as const)
    : (['exchange', outsideOfExchange(descriptor, outsider)] as const);

/** @throws {InvalidInput} when it is not sound, or not signed by whose it is */
async function described(source: string, ca: string | undefined): Promise<PartyDescriptor | ExchangeDescriptor> {
  if (source !== '-') checkFile(source, 'name the descriptor of a member, or the declaration of one');
  const text = source === '-' ? '' : decodedText(readFileSync(source));
  if (!isSignedDescriptor(text)) return readDescriptorSource(source);
  if (ca === undefined)
    throw new Mistake(`${source} is signed: name the authorities of the federation by --ca or --as`);
  const problems = Problems.none();
  const signed = readSignedDescriptor(problems, text, { ca, now: new Date() });
  problems.throwIfAny(source);
  return soundDescriptor(signed, source);
}

/** Whose certificate it is. */
function memberOf(certificate: string, folder: string, domain: string): Member {
  const [own] = certificatesIn(certificate) ?? [];
  const [name = ''] = own ? commonNames(own) : [];
  if (name === certificateName('exchange', domain)) return 'exchange';
  const id = Number(name.split('.')[0]);
  if (name === certificateName(id, domain)) return id;
  throw new Mistake(`${folder}: holds a certificate of ${name || 'nobody'}, which is no member of ${domain}`);
}
