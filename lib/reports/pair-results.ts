import { isAlone, type Pair } from '../jobs/pairs';

/** How the toy example went for a pair. */
export interface PairResult extends Pair {
  /** `unseen`: whoever asks cannot ask its guest. */
  readonly outcome: 'success' | 'failed' | 'unseen';
  /** Of FATE Flow, once it was submitted. */
  readonly job?: string;
  readonly seconds?: number;
  /** Why it failed, or cannot be seen; what was first found first. */
  readonly reasons: readonly string[];
  /** What does not hold below, at those of both that were looked at. @default nobody has looked */
  readonly faults?: readonly PairFault[];
}

/** A fault below a pair, as a diagnosis tells it. */
export interface PairFault {
  /** At whom it shows: `party 30000`. */
  readonly at: string;
  /** What should be so. */
  readonly what: string;
  readonly saw: string;
  readonly meaning: string;
  /** Who has to act. @default whoever asks */
  readonly acts?: string;
  /** Of the catalogue, with what it says is to be done and where its page says more. @default not in it */
  readonly failure?: string;
  readonly remedy?: string;
  readonly page?: string;
}

/** A fault in a few lines. */
export const faultLines = ({ at, what, saw, meaning, acts, remedy }: PairFault): readonly string[] => [
  `at ${at}: ${what}: ${saw}`,
  `  ${meaning}`,
  ...(acts ? [`  ${acts} has to act${remedy ? `: ${remedy}` : ''}`] : []),
];

export const pairText = (pair: Pair): string =>
  isAlone(pair) ? `${pair.guest} alone` : `${pair.guest} with ${pair.host}`;

/** How results are shown, where there is colour. */
export interface Shades {
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** Guests as lines, hosts as columns; alone where a party meets itself. */
export function matrixText(results: readonly PairResult[], shades: Shades): string {
  const guests = unique(results.map(({ guest }) => guest));
  const hosts = unique([...guests, ...results.map(({ host }) => host)]);
  const cell = (guest: number, host: number) =>
    results.find((it) => it.guest === guest && it.host === host) ?? { outcome: undefined };
  const wide = Math.max(...hosts.map((id) => `${id}`.length), 'success'.length) + 2;
  const first = Math.max(...guests.map((id) => `${id}`.length), 'guest \\ host'.length) + 2;
  const lines = [
    ['guest \\ host'.padEnd(first), ...hosts.map((id) => `${id}`.padEnd(wide))],
    ...guests.map((guest) => [
      `${guest}`.padEnd(first),
      ...hosts.map((host) => {
        const { outcome = '-' } = cell(guest, host);
        return shades[shade[outcome]](outcome.padEnd(wide));
      }),
    ]),
  ];
  return lines.map((line) => `${line.join('').trimEnd()}\n`).join('');
}

const unique = (ids: readonly number[]): readonly number[] => [...new Set(ids)];

const shade = { success: 'green', failed: 'red', unseen: 'yellow', '-': 'yellow' } as const satisfies Record<
  PairResult['outcome'] | '-',
  keyof Shades
>;

/** A report as test runners write it, which a CI system shows: a case for each pair. */
export function junitXml(results: readonly PairResult[]): string {
  const count = (outcome: PairResult['outcome']) => results.filter((it) => it.outcome === outcome).length;
  const time = results.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  const head = `name="toy example" tests="${results.length}" failures="${count('failed')}" skipped="${count('unseen')}" time="${time}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite ${head}>\n${results.map(caseXml).join('')}</testsuite>\n`;
}

function caseXml(result: PairResult): string {
  const { outcome, seconds = 0, reasons, faults = [] } = result;
  const open = `  <testcase classname="toy example" name="${pairText(result)}" time="${seconds}"`;
  if (outcome === 'success') return `${open}/>\n`;
  const tag = outcome === 'failed' ? 'failure' : 'skipped';
  const message = `<${tag} message="${escaped(reasons.join('; '))}"`;
  const below = faults.flatMap(faultLines).join('\n');
  const told = below === '' ? `${message}/>` : `${message}>${escaped(below)}</${tag}>`;
  return `${open}>\n    ${told}\n  </testcase>\n`;
}

const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, '?') // XML has no such characters
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
