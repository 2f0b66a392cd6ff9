/** One thing wrong with a declaration: where, what was found, what would work. */
export interface Problem {
  /** Path of the value, as its author wrote it: `parties[1].id`. */
  readonly path: string;
  /** What is wrong with the value, the value included. */
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
    super([`${subject} cannot be deployed:`, ...problems.map(({ path, what, remedy }) => `  ${path}: ${what}; ${remedy}`)].join('\n'));
  }
}

/** Gathers problems while a declaration is read; {@link Problems.throwIfAny} ends the reading. */
export class Problems {
  readonly #found: Problem[] = [];

  constructor(private readonly subject: string) {}

  add(path: string, what: string, remedy: string): void {
    this.#found.push({ path, what, remedy });
  }

  /** @throws {InvalidInput} when anything was added */
  throwIfAny(): void {
    if (this.#found.length > 0) throw new InvalidInput(this.subject, this.#found);
  }
}
