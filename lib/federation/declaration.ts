import {
  checkKeys,
  checkNames,
  type Declared,
  isMap,
  type Keys,
  readDeclaration,
  readEntries,
  shown,
} from '../input/checks';
import { Problems } from '../input/problems';
import type { AgreementProps } from './agreement';
import type { ExchangeDescriptor, PartyDescriptor } from './descriptor';
import { checkAuthor, checkAuthorNamed } from './descriptor-checks';
import { type ExchangePlan, type ExchangeProps, planDeclaredExchange } from './exchange';
import { type FederationProps, federation } from './federation';
import { type PartyPlan, type PartyProps, planDeclaredParty } from './party';

/** What a file declares: a whole federation, or one party or the exchange of an organisation that knows only itself. */
export type Declaration = FederationProps | OwnPartyProps | OwnExchangeProps;

/** One organisation's party, in the words of its stack's configuration. */
export interface OwnPartyProps {
  /** What all members have agreed on. */
  readonly federation: AgreementProps;
  /** The party itself. */
  readonly party: PartyProps;
  /** The exchange's descriptor, or its file. @default the party stands alone */
  readonly exchange?: DescriptorFile | ExchangeDescriptor;
}

/** The exchange as one organisation runs it, in the words of its stack's configuration. */
export interface OwnExchangeProps {
  /** What all members have agreed on. */
  readonly federation: AgreementProps;
  /** The exchange itself. @default {} */
  readonly exchange?: ExchangeProps;
  /** The parties' descriptors, or their files and whose they are. @default none */
  readonly parties?: readonly (PartyDescriptorFile | PartyDescriptor)[];
}

/** Where a descriptor is. */
export interface DescriptorFile {
  /** JSON, relative to the file that names it. */
  readonly file: string;
}

/** Where a party's descriptor is, and whose it is: what the file says of itself is its author's word. */
export interface PartyDescriptorFile extends DescriptorFile {
  /** The party. */
  readonly id: number;
}

/** Plans of what is declared: of a federation, or of one member. */
export interface DeclaredPlans {
  /** None: somebody else runs it. */
  readonly exchange?: ExchangePlan;
  /** Those that are declared here. */
  readonly parties: readonly PartyPlan[];
}

/** What reads a descriptor's file; reports why it cannot. */
export type ReadDescriptor = (problems: Problems, file: string) => unknown;

/**
 * Plans of whatever a file declares. One with `party` is a party's, else one with `federation` is an exchange's, else it is
 * a whole federation's.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function planDeclaration(declaration: Declaration, readDescriptor: ReadDescriptor): DeclaredPlans {
  const problems = Problems.none();
  const declared = readDeclaration(problems, declaration);
  problems.throwIfAny('declaration');
  if ('party' in declared) return { parties: [ownParty(declared, readDescriptor)] };
  if ('federation' in declared) return { exchange: ownExchange(declared, readDescriptor), parties: [] };
  return federation(declared);
}

function ownParty(declared: OwnPartyProps, readDescriptor: ReadDescriptor): PartyPlan {
  const problems = Problems.none();
  checkKeys<OwnPartyProps>(problems, declared, ownPartyKeys);
  const { federation, party, exchange: source } = declared;
  const sources = source === undefined ? [] : [{ path: 'exchange', value: source }];
  const [exchange] = sources.flatMap((each) =>
    readDescribed<ExchangeDescriptor>(problems, each, readDescriptor, ['file']),
  );
  const plan = planDeclaredParty(problems, { federation, party, exchange });
  problems.throwIfAny(`party ${shown(Object(party).id)}`);
  return plan;
}

function ownExchange(declared: OwnExchangeProps, readDescriptor: ReadDescriptor): ExchangePlan {
  const problems = Problems.none();
  checkKeys<OwnExchangeProps>(problems, declared, ownExchangeKeys);
  const { federation, exchange } = declared;
  const entries = readEntries(problems, 'parties', declared.parties);
  const parties = entries.flatMap((entry) => readParty(problems, entry, readDescriptor));
  const plan = planDeclaredExchange(problems, { federation, exchange, parties });
  problems.throwIfAny(`exchange of ${shown(Object(federation).domain)}`);
  return plan;
}

function readParty(
  problems: Problems,
  entry: Declared<PartyDescriptorFile | PartyDescriptor>,
  readDescriptor: ReadDescriptor,
): readonly Declared<PartyDescriptor>[] {
  const read = readDescribed<PartyDescriptor>(problems, entry, readDescriptor, ['id', 'file']);
  if (!isFile(entry.value)) return read;
  const { id } = entry.value;
  checkAuthorNamed(problems.at(entry.path), id);
  return read.filter(({ path, value }) => checkAuthor(problems.at(path), value, id));
}

/** The descriptor under a path that names its file, or none where that cannot be read. */
function readDescribed<Descriptor>(
  problems: Problems,
  { path, value }: Declared<DescriptorFile | Descriptor>,
  readDescriptor: ReadDescriptor,
  keys: readonly string[],
): readonly Declared<Descriptor>[] {
  if (isMap(value) && 'stack' in value) {
    problems.add(
      `${path}.stack`,
      'is for Pulumi alone',
      'use { file } of what `pulumi stack output descriptor --json` says',
    );
    return [];
  }
  if (!isFile(value)) return [{ path, value }];
  const { file } = value;
  checkNames(problems.at(path), value, keys);
  if (typeof file !== 'string' || file === '') {
    problems.add(`${path}.file`, `${shown(file)} is no name`, 'use one such as "partners/party-30000.json"');
    return [];
  }
  const named = `${path} (file ${file})`;
  const before = problems.count;
  const descriptor = readDescriptor(problems.at(named), file);
  return problems.count > before ? [] : [{ path: named, value: descriptor as Descriptor }];
}

const isFile = (source: unknown): source is DescriptorFile => isMap(source) && 'file' in source;

const ownPartyKeys: Keys<OwnPartyProps> = { federation: true, party: true, exchange: true };
const ownExchangeKeys: Keys<OwnExchangeProps> = { federation: true, exchange: true, parties: true };
