import { exchangePlan } from '../../federation/exchange';
import { partyPlan } from '../../federation/party';
import { Problems } from '../../input/problems';
import type { ExchangeChart } from '../charts/exchange-chart';
import type { PartyChart } from '../charts/party-chart';
import { readYaml } from './located';
import { type DataDecision, decided } from './party-data';
import { readChart } from './read-chart';
import { refuseUnplannable } from './read-common';
import { type ExchangeDeclaration, exchangeKeys, readExchange } from './read-exchange';
import { type PartyDeclaration, partyKeys, readParty } from './read-party';
import { type Difference, Source } from './source';

/** What a `cluster.yaml` of KubeFATE is in the words of this library. */
export type ReadClusterFile =
  | {
      readonly kind: 'party';
      /** What concerns data comes first. */
      readonly differences: readonly Difference[];
      /**
       * The party, once the caller has decided what becomes of its data; native, in a namespace beside the one of the file, as
       * `upgradePlan` wants it: `fate-9999-native`.
       *
       * @throws {InvalidInput} with every difference that concerns data of that driver and is not in `withoutData`
       */
      readonly declare: (decision?: DataDecision) => PartyDeclaration;
    }
  | {
      readonly kind: 'exchange';
      /** None concerns data: an exchange keeps none. */
      readonly differences: readonly Difference[];
      readonly declaration: ExchangeDeclaration;
    };

/**
 * Reads a `cluster.yaml` for one of KubeFATE's charts `fate` or `fate-exchange`, whoever wrote it: a declaration that can be planned, and
 * what the file had that this library does otherwise. What moving would change beyond that is in the `limits` of the plan's
 * own file.
 *
 * @throws {InvalidInput} when the text is no such file; each problem names its line and its key
 */
export function readClusterFile(text: string): ReadClusterFile {
  const problems = Problems.none();
  const root = readYaml(problems, text);
  problems.throwIfAny(subject);
  const source = new Source(problems, root);
  const found = readChart(problems, source);
  problems.throwIfAny(subject);
  if (found === undefined) throw new Error('a file without a chart has a problem');
  source.checkLeaves(found.chart);
  problems.throwIfAny(subject);
  const read = found.kind === 'party' ? party(problems, source, found.chart) : exchange(problems, source, found.chart);
  problems.throwIfAny(subject);
  return read;
}

function party(problems: Problems, source: Source, chart: PartyChart): ReadClusterFile {
  const { declaration, differences } = readParty(problems, source, chart);
  problems.throwIfAny(subject);
  refuseUnplannable(source, () => partyPlan({ domain: anyDomain, ...declaration }), partyKeys);
  return { kind: 'party', differences, declare: (decision) => decided(declaration, differences, decision) };
}

function exchange(problems: Problems, source: Source, chart: ExchangeChart): ReadClusterFile {
  const { declaration, differences } = readExchange(source, chart);
  problems.throwIfAny(subject);
  refuseUnplannable(source, () => exchangePlan({ domain: anyDomain, ...declaration }), exchangeKeys);
  return { kind: 'exchange', differences, declaration };
}

/** In the place of one that the file does not say. */
const anyDomain = 'example.com';

const subject = 'cluster.yaml';
