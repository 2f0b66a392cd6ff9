import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CertifiedKey } from '../support/certified-key';
import { java } from './java';

/** Pulsar's own client, with the settings of FATE's. */
export interface Client {
  send(topic: string, message: string | Buffer): Promise<void>;
  /** The next message of the topic that has not been received; `undefined` when none comes in time. */
  receive(topic: string, seconds: number): Promise<Buffer | undefined>;
  stop(): Promise<void>;
}

/** @param certificate with which it speaks to a port that wants one */
export function startClient(release: string, broker: string, certificate?: CertifiedKey): Client {
  const directory = mkdtempSync('/run/pulsar-client-');
  const file = join(directory, 'message');
  const credentials = certificate === undefined ? [] : [certificate.cert, certificate.key, certificate.ca];
  const files = credentials.map((pem, i) => {
    const file = join(directory, `${i}.pem`);
    writeFileSync(file, pem, { mode: 0o600 });
    return file;
  });
  const client = spawn('java', java(release, 'Client.java', broker, ...files), { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers = createInterface(client.stdout);

  /** Waits longer than the client does for anything: an answer that comes after this has given up would be the next one's. */
  async function ask(command: string): Promise<'done' | 'nothing'> {
    const answered = once(answers, 'line', { signal: AbortSignal.timeout(600_000) });
    client.stdin.write(`${command}\n`);
    const [answer] = await answered;
    if (answer !== 'done' && answer !== 'nothing') throw new Error(`${command}: ${answer}`);
    return answer;
  }

  return {
    send: async (topic, message) => {
      writeFileSync(file, message);
      await ask(`send ${topic} ${file}`);
    },
    receive: async (topic, seconds) =>
      (await ask(`receive ${topic} ${file} ${seconds}`)) === 'done' ? readFileSync(file) : undefined,
    stop: async () => {
      if (client.kill('SIGKILL')) await once(client, 'exit');
      rmSync(directory, { recursive: true });
    },
  };
}
