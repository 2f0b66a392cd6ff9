import type { ArgumentsCamelCase, Argv } from 'yargs';
import { Mistake } from './mistake';

/** What a command came to. */
export interface Outcome {
  /** Whether what was checked holds. @default true */
  readonly holds?: boolean;
  /** What ended it before it was done. @default nothing */
  readonly endedBy?: NodeJS.Signals;
  /** For standard output, line breaks included. */
  readonly text: string;
}

/** What a command with {@link Command.reports} came to. */
export interface Report extends Outcome {
  /** The same for programs: one JSON document. */
  readonly json: object;
}

/** What is typed, and what it means. */
interface Usage {
  /** Its name and what follows without a name, as yargs reads it: `check [declaration]`. */
  readonly command: string;
  /** A sentence without its full stop. */
  readonly describe: string;
}

/** A command that does something. */
export interface Command<Options> extends Usage {
  /** Whether it looks into clusters, where its examples would need some. @default false */
  readonly asksClusters?: boolean;
  /**
   * Command lines and what they do. A test runs those that need no clusters in their order, in a folder with the files of
   * `test/commands/folder`.
   */
  readonly examples: readonly (readonly [line: string, what: string])[];
  readonly options: (yargs: Argv) => Argv<Options>;
  readonly run: (options: ArgumentsCamelCase<Options>) => Promise<Outcome>;
}

/** A command that is only the first word of others. */
export interface CommandGroup extends Usage {
  readonly commands: readonly AnyCommand[];
}

/** Options of commands differ, and only their own `run` knows them. */
export type AnyCommand = (Command<unknown> & { readonly reports: boolean }) | CommandGroup;

/** A command that says what it did or prints what it made. */
export const command = <Options>(definition: Command<Options>): AnyCommand =>
  ({ ...definition, reports: false }) as unknown as AnyCommand;

/** A command that reports, and so has `--json`. */
export const reportingCommand = <Options>(
  definition: Command<Options> & { readonly run: (options: ArgumentsCamelCase<Options>) => Promise<Report> },
): AnyCommand => ({ ...definition, reports: true }) as unknown as AnyCommand;

/** A number that could be meant. */
export const whole =
  (name: string, from: number, to: number) =>
  (given: number): number | undefined => {
    if (Array.isArray(given)) throw new Mistake(`--${name} is given more than once`);
    if (Number.isInteger(given) && from <= given && given <= to) return given;
    throw new Mistake(`--${name}: use a whole number from ${from} to ${to}`);
  };
