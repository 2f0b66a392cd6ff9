import { printable, short } from './shown';

/** One thing wrong with a declaration. */
export interface Problem {
  /** Where, as its author wrote it: `parties[1].id`. */
  readonly path: string;
  /** What is wrong, the value included. */
  readonly what: string;
  /** What would work. */
  readonly remedy: string;
}

/**
 * A declaration that cannot be deployed. Carries every problem, so that one run shows them all; its message has the first
 * hundred. Each is a line of printable characters, whoever wrote what it is about. Printed it is its message: the mistake is
 * in the declaration, and not where a stack trace leads.
 */
export class InvalidInput extends Error {
  declare readonly subject: string;
  declare readonly problems: readonly Problem[];

  constructor(subject: string, problems: readonly Problem[]) {
    const plain = problems.map(({ path, what, remedy }) => ({
      path: short(printable(path), longestPath),
      what: short(printable(what), longestText),
      remedy: short(printable(remedy), longestText),
    }));
    const message = [`${subject} cannot be deployed:`, ...lines(plain)].join('\n');
    super(message);
    const own = { name: 'InvalidInput', stack: message, subject, problems: plain };
    for (const [key, value] of Object.entries(own)) {
      Object.defineProperty(this, key, { value, enumerable: false, writable: true, configurable: true });
    }
  }
}

const longestPath = 400;
const longestText = 2000;
const mostLines = 100;

const lines = (problems: readonly Problem[]): readonly string[] => [
  ...problems
    .slice(0, mostLines)
    .map(({ path, what, remedy }) => `  ${path === '' ? '' : `${path}: `}${what}; ${remedy}`),
  ...(problems.length > mostLines ? [`  and ${problems.length - mostLines} more`] : []),
];

/** Gathers problems while a declaration is read, so that the reader can go on after the first. */
export class Problems {
  private constructor(
    private readonly found: Problem[],
    private readonly prefix: string,
  ) {}

  static none(): Problems {
    return new Problems([], '');
  }

  /** The same collection, for the values below `path`. */
  at(path: string): Problems {
    return new Problems(this.found, pathBelow(this.prefix, path));
  }

  /** @param path where below this collection's own path; empty for the value itself */
  add(path: string, what: string, remedy: string): void {
    this.found.push({ path: pathBelow(this.prefix, path), what, remedy });
  }

  /** How many there are, here or anywhere: unchanged by what was right. */
  get count(): number {
    return this.found.length;
  }

  /** Adds problems of one kind, of which somebody else may have written any number: ten, and how many more there are. */
  addFirst({ found }: Problems): void {
    for (const { path, what, remedy } of found.slice(0, mostAlike)) this.add(path, what, remedy);
    if (found.length > mostAlike) this.add('', `${found.length - mostAlike} more like these`, 'mend them too');
  }

  /** @throws {InvalidInput} when anything was added, here or below */
  throwIfAny(subject: string): void {
    const error = this.asError(subject);
    if (error !== undefined) throw error;
  }

  /** What {@link throwIfAny} would throw. */
  asError(subject: string): InvalidInput | undefined {
    return this.found.length > 0 ? new InvalidInput(subject, this.found) : undefined;
  }
}

const mostAlike = 10;

/** A step of a path, below another path. */
export const pathBelow = (prefix: string, path: string): string =>
  prefix === '' || path === '' || path.startsWith('[') ? prefix + path : `${prefix}.${path}`;
