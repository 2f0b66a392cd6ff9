import { Problems } from '../../input/problems';
import { chartVersion } from '../chart';
import { readYaml } from './located';
import { readChart } from './read-common';
import { type ExchangeDeclaration, readExchange } from './read-exchange';
import { type PartyDeclaration, readParty } from './read-party';
import { type Difference, Source } from './source';

/** What a `cluster.yaml` of KubeFATE is in the words of this library. */
export type ReadClusterFile =
  | {
      readonly kind: 'party';
      readonly declaration: PartyDeclaration;
      readonly differences: readonly Difference[];
    }
  | {
      readonly kind: 'exchange';
      readonly declaration: ExchangeDeclaration;
      readonly differences: readonly Difference[];
    };

/**
 * Reads a `cluster.yaml` for chart `fate` or `fate-exchange` v1.6.1, whoever wrote it: a declaration, and what the file had
 * that this library does otherwise. What moving would change beyond that is in the `limits` of the plan's own file.
 *
 * @throws {InvalidInput} when the text is no such file; each problem names its line and its key
 */
export function readClusterFile(text: string): ReadClusterFile {
  const problems = Problems.none();
  const root = readYaml(problems, text);
  problems.throwIfAny(subject);
  const source = new Source(problems, root);
  const chart = readChart(problems, source, chartVersion);
  problems.throwIfAny(subject);
  const read: ReadClusterFile =
    chart === 'fate'
      ? { kind: 'party', ...readParty(problems, source) }
      : { kind: 'exchange', ...readExchange(source) };
  problems.throwIfAny(subject);
  return read;
}

const subject = 'cluster.yaml';
