import {
  checkKeys,
  checkNames,
  type Declared,
  isMap,
  type Keys,
  readDeclaration,
  readEntries,
  readFileName,
  readGivenEntries,
  shown,
} from '../input/checks';
import { Problems } from '../input/problems';
import type { AgreementProps } from './agreement';
import type { ExchangeDescriptor, PartyDescriptor } from './descriptor';
import { checkAuthor, checkAuthorNamed } from './descriptor-checks';
import { type DescriptorFile, type DescriptorTrust, readDescriptorText } from './descriptor-files';
import { type ExchangePlan, type ExchangeProps, planDeclaredExchange } from './exchange';
import { type FederationProps, federation, type MeshProps } from './federation';
import { lockFile, withLock } from './image-lock';
import { type PartyPlan, type PartyProps, planDeclaredParty } from './party';

/** What a file declares: a whole federation, or one party or the exchange of an organisation that knows only itself. */
export type Declaration = FederationProps | MeshProps | OwnPartyProps | OwnExchangeProps;

/** One organisation's party, in the words of its stack's configuration. */
export interface OwnPartyProps {
  /** What all members have agreed on. */
  readonly federation: AgreementProps;
  /** The party itself. */
  readonly party: PartyProps;
  /** The exchange's descriptor, or its file. @default the party stands alone, or has `peers` */
  readonly exchange?: DescriptorFile | ExchangeDescriptor;
  /**
   * Descriptors of other exchanges of the federation, or their files: those that other parties call by. The party calls nobody by them.
   * @default none
   */
  readonly otherExchanges?: readonly (DescriptorFile | ExchangeDescriptor)[];
  /**
   * In the place of an exchange the other parties' descriptors, or their files and whose they are: they call one another directly.
   * `[]` before the first of them is known.
   * @default the party stands alone, or has an `exchange`
   */
  readonly peers?: readonly (PartyDescriptorFile | PartyDescriptor)[];
  /** File of the authorities of the federation, PEM: what signed descriptors are checked against. @default none */
  readonly ca?: string;
}

/** The exchange as one organisation runs it, in the words of its stack's configuration. */
export interface OwnExchangeProps {
  /** What all members have agreed on. */
  readonly federation: AgreementProps;
  /** The exchange itself. @default {} */
  readonly exchange?: ExchangeProps;
  /** The parties' descriptors, or their files and whose they are. @default none */
  readonly parties?: readonly (PartyDescriptorFile | PartyDescriptor)[];
  /** Ids of the parties that call by this exchange, where others call by another one. @default all of them */
  readonly callers?: readonly number[];
  /** File of the authorities of the federation, PEM: what signed descriptors are checked against. @default none */
  readonly ca?: string;
}

/** Where a party's descriptor is, and whose it is: what the file says of itself is its author's word. */
export interface PartyDescriptorFile extends DescriptorFile {
  /** The party. */
  readonly id: number;
}

/** Plans of what is declared: of a federation, or of one member. */
export interface DeclaredPlans {
  /** None: somebody else runs it, or there is none. */
  readonly exchange?: ExchangePlan;
  /** Those that are declared here. */
  readonly parties: readonly PartyPlan[];
}

/** What lies around a declaration. */
export interface Surroundings {
  /** Text of a file that it names; none, and a problem, where that cannot be read. */
  readonly read: (problems: Problems, file: string) => string | undefined;
  /** When certificates must hold. */
  readonly now: Date;
  /** Whether images are taken by their tags, whatever digests are declared: as long as they are being looked up. @default false */
  readonly isUnlocked?: boolean;
}

/**
 * Plans of whatever a file declares. One with `party` is a party's, else one with `federation` is an exchange's, else it is
 * a whole federation's.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function planDeclaration(declaration: Declaration, around: Surroundings): DeclaredPlans {
  const problems = Problems.none();
  const declared = withLocks(problems, readDeclaration(problems, declaration), around);
  problems.throwIfAny('declaration');
  if ('party' in declared) return { parties: [ownParty(declared, around)] };
  if ('federation' in declared) return { exchange: ownExchange(declared, around), parties: [] };
  return federation(declared);
}

/** With digests of images from the files that members name, or with none. */
function withLocks(problems: Problems, declared: Declaration, around: Surroundings): Declaration {
  const read = <Part>(path: string, part: Part): Part => {
    if (around.isUnlocked) return isMap(part) ? { ...part, digests: undefined } : part;
    const at = problems.at(path);
    const file = lockFile(at, part);
    if (file === undefined) return part;
    const text = around.read(at.at(`digests (file ${file})`), file);
    return text === undefined ? part : withLock(at, part, file, text);
  };
  if ('party' in declared) return { ...declared, party: read('party', declared.party) };
  const exchange = read('exchange', declared.exchange);
  if ('federation' in declared || !Array.isArray(declared.parties)) return { ...declared, exchange } as Declaration;
  const parties = declared.parties.map((each, i) => read(`parties[${i}]`, each));
  return { ...declared, exchange, parties } as Declaration;
}

function ownParty(declared: OwnPartyProps, around: Surroundings): PartyPlan {
  const problems = Problems.none();
  checkKeys<OwnPartyProps>(problems, declared, ownPartyKeys);
  const { federation, party, exchange: source } = declared;
  const sources = source === undefined ? [] : [{ path: 'exchange', value: source }];
  const files = descriptorFiles(problems, declared, around);
  const [exchange] = sources.flatMap((each) => readDescribed<ExchangeDescriptor>(problems, each, files, []));
  const named = readGivenEntries(problems, 'otherExchanges', declared.otherExchanges);
  const otherExchanges = named?.flatMap((each) => readDescribed<ExchangeDescriptor>(problems, each, files, []));
  const listed = readGivenEntries(problems, 'peers', declared.peers);
  const peers = listed?.flatMap((each) => readParty(problems, each, files));
  const plan = planDeclaredParty(problems, { federation, party, exchange, otherExchanges, peers });
  problems.throwIfAny(`party ${shown(Object(party).id)}`);
  return plan;
}

function ownExchange(declared: OwnExchangeProps, around: Surroundings): ExchangePlan {
  const problems = Problems.none();
  checkKeys<OwnExchangeProps>(problems, declared, ownExchangeKeys);
  const { federation, exchange } = declared;
  const entries = readEntries(problems, 'parties', declared.parties);
  const files = descriptorFiles(problems, declared, around);
  const parties = entries.flatMap((entry) => readParty(problems, entry, files));
  const plan = planDeclaredExchange(problems, { federation, exchange, parties, callers: declared.callers });
  problems.throwIfAny(`exchange of ${shown(Object(federation).domain)}`);
  return plan;
}

/** The files of descriptors, and what they are checked against. */
interface DescriptorFiles extends DescriptorTrust, Surroundings {}

function descriptorFiles(
  problems: Problems,
  { ca: file }: OwnPartyProps | OwnExchangeProps,
  around: Surroundings,
): DescriptorFiles {
  if (file === undefined) return around;
  const name = readFileName(problems, 'ca', file, 'ca.cert.pem');
  return name === undefined ? around : { ...around, ca: around.read(problems.at('ca'), name) };
}

function readParty(
  problems: Problems,
  entry: Declared<PartyDescriptorFile | PartyDescriptor>,
  files: DescriptorFiles,
): readonly Declared<PartyDescriptor>[] {
  const read = readDescribed<PartyDescriptor>(problems, entry, files, ['id']);
  if (!isFile(entry.value)) return read;
  const { id } = entry.value;
  checkAuthorNamed(problems.at(entry.path), id);
  return read.filter(({ path, value }) => checkAuthor(problems.at(path), value, id));
}

/** The descriptor under a path that names its file, or none where that cannot be read. */
function readDescribed<Descriptor>(
  problems: Problems,
  { path, value }: Declared<DescriptorFile | Descriptor>,
  files: DescriptorFiles,
  keys: readonly string[],
): readonly Declared<Descriptor>[] {
  if (isMap(value) && 'stack' in value) {
    problems.add(
      `${path}.stack`,
      'is for Pulumi alone',
      'use { file } of what `pulumi stack output signedDescriptor` says',
    );
    return [];
  }
  if (!isFile(value)) return [{ path, value }];
  checkNames(problems.at(path), value, ['file', 'unsigned', ...keys]);
  const file = readFileName(problems, `${path}.file`, value.file, 'partners/party-30000.jws');
  if (file === undefined) return [];
  const named = `${path} (file ${file})`;
  const before = problems.count;
  const text = files.read(problems.at(named), file);
  const descriptor = text === undefined ? undefined : readDescriptorText(problems.at(named), text, value, files);
  return problems.count > before ? [] : [{ path: named, value: descriptor as Descriptor }];
}

const isFile = (source: unknown): source is DescriptorFile => isMap(source) && 'file' in source;

const ownPartyKeys: Keys<OwnPartyProps> = {
  federation: true,
  party: true,
  exchange: true,
  otherExchanges: true,
  peers: true,
  ca: true,
};
const ownExchangeKeys: Keys<OwnExchangeProps> = {
  federation: true,
  exchange: true,
  parties: true,
  callers: true,
  ca: true,
};
