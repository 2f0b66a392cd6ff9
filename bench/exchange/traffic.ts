import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { PartyDescriptor } from '../../lib';
import { type CertifiedKey, certifiedKey } from '../../test/engines/support/certified-key';
import { addOutside } from '../../test/engines/support/network';

export interface Listening extends CertifiedKey {
  readonly address: string;
  readonly port: number;
}

export interface Way {
  /** Where the tunnels are opened. */
  readonly host: string;
  readonly port: number;
  /** Under which they are, and under which the receiver is known. */
  readonly name: string;
  readonly tunnels: number;
  /** Of all tunnels together. */
  readonly bytes: number;
}

export interface Traffic {
  /** Milliseconds in which all bytes get from one process to the other. */
  sent(way: Way): Promise<number>;
  stop(): void;
}

/** A process that sends, and one that receives under the address and name of the party's Pulsar. */
export async function traffic({ fqdn, pulsar: { address, port } }: PartyDescriptor): Promise<Traffic> {
  addOutside(address);
  const receiver = program('receive.ts');
  const sender = program('send.ts');
  await answer(receiver, { address, port, ...certifiedKey(fqdn) });
  return {
    sent: async (way) => Number(await answer(sender, way)),
    stop: () => {
      for (const process of [sender, receiver]) process.kill();
    },
  };
}

const program = (name: string) => fork(join(__dirname, name), { execArgv: ['--import', 'tsx'] });

async function answer(child: ChildProcess, question: Listening | Way): Promise<unknown> {
  const ended = new AbortController();
  const gone = (code: number | null) => ended.abort(new Error(`the process ended with ${code}`));
  child.once('exit', gone);
  try {
    const answered = once(child, 'message', { signal: ended.signal });
    child.send(question);
    return (await answered)[0];
  } finally {
    child.off('exit', gone);
  }
}
