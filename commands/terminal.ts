import { constants } from 'node:os';
import type { WriteStream } from 'node:tty';
import { Mistake } from './mistake';

/** Colours of a stream, or the text as it is: to a file, to another program, with `NO_COLOR` or on a terminal without them. */
export function colours(stream: Pick<WriteStream, 'isTTY'>, environment: NodeJS.ProcessEnv = process.env) {
  const isColoured = stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  const code = (on: number, off: number) => (text: string) => (isColoured ? `\x1b[${on}m${text}\x1b[${off}m` : text);
  return { bold: code(1, 22), red: code(31, 39), green: code(32, 39), yellow: code(33, 39) };
}

/** Says on standard error what is going on, once it has taken a second. */
export async function during<T>(what: string, work: Promise<T>): Promise<T> {
  const patience = setTimeout(() => process.stderr.write(`${what} …\n`), 1000);
  try {
    return await work;
  } finally {
    clearTimeout(patience);
  }
}

/** Aborts when somebody ends this program, by Ctrl-C say; its reason is the signal. */
export function interruption(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort(signal));
  return ending.signal;
}

/**
 * Whoever reads may stop reading, as `head` does: that is no fault, and nobody is there any more to tell of one. What is not done
 * yet ends as by the signal that other programs get then.
 */
export function endQuietlyWithReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 128 + constants.signals.SIGPIPE);
    throw error;
  });
}

/** Progress and errors that nobody reads end nothing. */
export function goOnWithoutReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Keys and passwords are for other programs. */
export function refuseTerminal(): void {
  if (process.stdout.isTTY)
    throw new Mistake(
      'standard output is a terminal, and would show secrets; send it to `kubectl apply -f -`, or to a file',
    );
}
