import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { java } from './java';

/** Pulsar's own client, with the settings of FATE's. */
export interface Client {
  send(topic: string, message: string | Buffer): Promise<void>;
  /** The next message of the topic that has not been received; `undefined` when none comes in time. */
  receive(topic: string, seconds: number): Promise<Buffer | undefined>;
  stop(): Promise<void>;
}

export function startClient(broker: string): Client {
  const directory = mkdtempSync('/run/pulsar-client-');
  const file = join(directory, 'message');
  const client = spawn('java', java('Client.java', broker), { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers = createInterface(client.stdout);

  async function ask(command: string): Promise<'done' | 'nothing'> {
    const answered = once(answers, 'line', { signal: AbortSignal.timeout(120_000) });
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
