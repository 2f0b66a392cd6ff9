#!/usr/bin/env node
import { constants } from 'node:os';
import type { Argv, CommandModule } from 'yargs';
import yargs from 'yargs/yargs';
import { version } from '../package.json';
import { commands } from '.';
import type { AnyCommand, Command, Outcome, Report } from './arguments';
import { Mistake } from './mistake';
import { colours, endQuietlyWithReader, goOnWithoutReader } from './terminal';

/** Exit codes; `done` is what holds, too. */
const codes = { done: 0, doesNotHold: 1, wrongUse: 2, ourFault: 70 };

async function main(args: readonly string[]): Promise<void> {
  try {
    refuseEmpty(args);
    await parser().parse(args, {}, (_error, _argv, help) => {
      if (help === '') return;
      process.exitCode = codes.done;
      process.stdout.write(`${help}\n`);
    });
  } catch (error) {
    process.exitCode = await fail(error, args.includes('--json'));
  }
}

/** Nothing is named by an empty text, which a variable of a shell is that has no value. */
function refuseEmpty(args: readonly string[]): void {
  const at = args.findIndex((each) => each.replace(/^--[\w-]+=/, '').trim() === '');
  if (at === -1) return;
  const [option = args[at - 1]] = /^--[\w-]+/.exec(args[at] ?? '') ?? [];
  const where = option?.startsWith('--') ? `${option}: ` : '';
  throw new Mistake(`${where}an empty text names nothing; write what is meant, or leave it out`);
}

function parser(): Argv {
  const columns = process.stdout.isTTY ? Math.min(process.stdout.columns, 120) : null; // nothing is cut for programs
  return withCommands(yargs([]), commands)
    .scriptName('kubefate-tanzu')
    .usage('$0 <command>')
    .completion('completion', 'Print a script that completes commands in bash or zsh')
    .version(version)
    .epilogue('Exit code: 0 done, 1 what was checked does not hold, 2 wrong use')
    .locale('en')
    .parserConfiguration({ 'greedy-arrays': false }) // each value of a list is an option of its own
    .check((options, known) => refuseRepeated(options, known as unknown as { readonly array: readonly string[] }))
    .wrap(columns)
    .strict()
    .recommendCommands()
    .exitProcess(false)
    .fail((message, error) => {
      const isOurs = error !== undefined && error.name !== 'YError'; // the parser's own, of an option without its value
      throw isOurs ? error : new Mistake(`${message ?? error?.message}\nRun it with --help to see what it takes.`);
    });
}

const withCommands = (yargs: Argv, commands: readonly AnyCommand[]): Argv =>
  commands.reduce((parent, each) => parent.command(moduleOf(each)), yargs).demandCommand(1, 'A command is missing.');

/** As yargs takes it. */
function moduleOf(each: AnyCommand): CommandModule {
  const { command, describe } = each;
  if ('commands' in each)
    return { command, describe, builder: (yargs) => withCommands(yargs, each.commands), handler() {} };
  return {
    command,
    describe,
    builder: (yargs) => withOptions(yargs, each),
    handler: async (options) => print(await each.run(options), options['json'] === true),
  };
}

function withOptions(
  yargs: Argv,
  { options, examples, reports }: Command<unknown> & { readonly reports: boolean },
): Argv {
  const own = examples.reduce((all, [line, what]) => all.example(line, what), options(yargs));
  return reports ? own.option('json', { type: 'boolean', describe: 'Print one JSON document for programs' }) : own;
}

/** An option that is no list and is given twice would reach a command as one. */
function refuseRepeated(options: Readonly<Record<string, unknown>>, { array }: { readonly array: readonly string[] }) {
  const repeated = Object.keys(options).filter((name) => name !== '_' && Array.isArray(options[name]));
  const [first] = repeated.filter((name) => !array.includes(name));
  if (first !== undefined) throw new Mistake(`--${first} is given more than once`);
  return true;
}

function print(outcome: Outcome | Report, asJson: boolean): void {
  const { holds = true, text, endedBy } = outcome;
  process.stdout.write(asJson && 'json' in outcome ? json(outcome.json) : text);
  process.exitCode = holds ? codes.done : codes.doesNotHold;
  if (endedBy !== undefined) process.exitCode = 128 + constants.signals[endedBy]; // as shells have it
}

/** Tells of an error, as JSON to whoever asked for that, and answers the exit code. */
async function fail(error: unknown, asJson: boolean): Promise<number> {
  const { printable } = await import('../lib/input/shown.js');
  const { message: said, problems, code } = described(error);
  const message = said.split('\n').map(printable).join('\n');
  if (asJson) process.stdout.write(json({ error: message, problems }));
  else process.stderr.write(`${colours(process.stderr).red('error:')} ${message}\n`);
  return code;
}

/** An `InvalidInput` is known by its name: its class would load the library. What is nobody's mistake is ours. */
function described(error: unknown): { readonly message: string; readonly problems?: unknown; readonly code: number } {
  if (!(error instanceof Error)) return { message: `${error}`, code: codes.ourFault };
  if (error instanceof Mistake) return { message: error.message, code: codes.wrongUse };
  if ('syscall' in error) return { message: ofSystem(error as NodeJS.ErrnoException), code: codes.wrongUse };
  if (error.name === 'InvalidInput' && 'problems' in error)
    return { message: error.message, problems: error.problems, code: codes.wrongUse };
  return { message: `this is a fault of kubefate-tanzu\n${error.stack}`, code: codes.ourFault };
}

/** Of a file that is not there, or of a folder that is not ours. */
function ofSystem({ code, path, message }: NodeJS.ErrnoException): string {
  const why: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EISDIR: 'is a folder; name a file',
    ENOTDIR: 'what is above it is a file',
    EACCES: 'is not yours to read or to write',
    EPERM: 'is not yours to read or to write',
    ENAMETOOLONG: 'the name is too long',
  };
  return path !== undefined && code !== undefined && why[code] ? `${path}: ${why[code]}` : message;
}

const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;

endQuietlyWithReader(process.stdout);
goOnWithoutReader(process.stderr);
void main(process.argv.slice(2));
