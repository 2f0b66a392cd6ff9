import type { Pair } from '../../lib/jobs/pairs';
import { type PairResult, pairText } from '../../lib/reports/pair-results';
import { colours } from '../terminal';

/** Says on a stream how pairs get on: a line for each that is done, and on a terminal a last one for those at work. */
export class Progress {
  private readonly states = new Map<string, string>();
  private done = 0;

  constructor(
    private readonly all: number,
    private readonly stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>,
  ) {}

  told(pair: Pair, state: string): void {
    this.states.set(pairText(pair), state);
    this.show();
  }

  ended(result: PairResult): void {
    const { outcome, seconds, reasons } = result;
    const { green, red } = colours(this.stream);
    this.states.delete(pairText(result));
    this.done += 1;
    const [reason] = reasons;
    const how = outcome === 'success' ? green(`success in ${seconds} s`) : red(`failed: ${reason}`);
    this.stream.write(`${this.cleared}${pairText(result)}: ${how}\n`);
    this.show();
  }

  private show(): void {
    if (!this.stream.isTTY) return;
    const states = [...this.states].map(([pair, state]) => `${pair} ${state}`).join(', ');
    const line = `${this.done} of ${this.all} done; ${states}`.slice(0, this.stream.columns - 1);
    this.stream.write(this.states.size === 0 ? this.cleared : `${this.cleared}${line}`);
  }

  /** The last line away. */
  private get cleared(): string {
    return this.stream.isTTY ? '\r\x1b[K' : '';
  }
}
