/** One thing wrong with a declaration. */
export interface Problem {
  /** Where, as its author wrote it: `parties[1].id`. */
  readonly path: string;
  /** What is wrong, the value included. */
  readonly what: string;
  /** What would work. */
  readonly remedy: string;
}

/** A declaration that cannot be deployed. Carries every problem, so that one run shows them all. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';

  constructor(
    readonly subject: string,
    readonly problems: readonly Problem[],
  ) {
    const lines = problems.map(({ path, what, remedy }) => `  ${path}: ${what}; ${remedy}`);
    super([`${subject} cannot be deployed:`, ...lines].join('\n'));
  }
}

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
    return new Problems(this.found, join(this.prefix, path));
  }

  /** @param path where below this collection's own path; empty for the value itself */
  add(path: string, what: string, remedy: string): void {
    this.found.push({ path: join(this.prefix, path), what, remedy });
  }

  /** @throws {InvalidInput} when anything was added, here or below */
  throwIfAny(subject: string): void {
    if (this.found.length > 0) throw new InvalidInput(subject, this.found);
  }
}

const join = (prefix: string, path: string): string =>
  prefix === '' || path === '' || path.startsWith('[') ? prefix + path : `${prefix}.${path}`;
