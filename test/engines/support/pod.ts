import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ConfigMap, Container, Volume } from 'kubernetes-types/core/v1';
import { vi } from 'vitest';
import { containersOf, environmentOf, find, type KubernetesObject, podOf } from '../../support/objects';
import { cache } from './engines';

/** Files of a ConfigMap or Secret, by key. */
export type Files = Readonly<Record<string, string>>;

/** What stands in for the image: files that it has and this machine has not. */
export interface Image {
  /** Engine of `setup.sh`, whose packages it has. */
  readonly engine: string;
  /** Path → content. */
  readonly files?: Files;
  /** Path → target. Relative ones stay inside the container while it is put together. */
  readonly links?: Readonly<Record<string, string>>;
  /** Directories that anybody may write to. */
  readonly directories?: readonly string[];
  /** Environment of the image. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface PodProps {
  /** Name of the Deployment whose first container runs. */
  readonly deployment: string;
  readonly objects: readonly KubernetesObject[];
  readonly secrets?: Readonly<Record<string, Files>>;
  readonly image: Image;
  /** IPv4 address of the pod. */
  readonly address: string;
}

export interface Pod {
  readonly address: string;
  /** Replaces the ConfigMap's mounted files as the kubelet does: a new directory, then one rename of a link. */
  publish(configMap: string, files: Files): void;
  /** As `kubectl exec`. */
  exec(...command: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  /** What the container has written so far. */
  log(): string;
  /** `undefined` while the container runs. */
  exitCode(): number | undefined;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const gateway = '198.51.100.1';
let pods = 0;

/**
 * Runs the container of a Deployment as the kubelet would: the command as process 1, with the environment and the mounts
 * of the manifest, and an address of its own. Everything else is the machine's, seen through a layer that keeps it as it is.
 */
export async function startPod({ deployment, objects, secrets = {}, image, address }: PodProps): Promise<Pod> {
  const { containers, volumes = [] } = podOf(find(objects, 'Deployment', deployment));
  const [container] = containersOf({ containers });
  if (container === undefined) throw new Error(`${deployment} has no container`);
  const directory = mkdtempSync('/run/pod-');
  const published = new Map(volumes.map((volume) => [volume.name, publisher(join(directory, 'volumes', volume.name))]));
  for (const volume of volumes) published.get(volume.name)?.(filesOf(volume, objects, secrets));
  layImage(join(directory, 'image'), image);
  writeFileSync(join(directory, 'mounts'), mounts(container, join(directory, 'volumes')));
  const env = { PATH: process.env['PATH'] ?? '', ...image.env, ...environmentOf(container) };
  const network = connect(address);
  const { init, pid } = await start(directory, network, container.command ?? [], env);
  return {
    address,
    publish: (configMap, files) => {
      const volume = volumes.find((it) => it.configMap?.name === configMap);
      published.get(volume?.name ?? '')?.(files);
    },
    exec: (...command) => enter(pid, command, env),
    log: () => readFileSync(join(directory, 'log'), 'utf8'),
    exitCode: () => init.exitCode ?? undefined,
    stop: async () => {
      if (init.exitCode === null && init.signalCode === null) {
        init.kill('SIGKILL'); // and process 1 with it
        await once(init, 'exit');
      }
      execFileSync('ip', ['netns', 'delete', network]);
      rmSync(directory, { recursive: true });
    },
  };
}

function filesOf(
  { name, configMap, secret }: Volume,
  objects: readonly KubernetesObject[],
  secrets: PodProps['secrets'],
) {
  const files = configMap
    ? find<ConfigMap>(objects, 'ConfigMap', configMap.name ?? '').data
    : secrets?.[secret?.secretName ?? ''];
  if (files === undefined) throw new Error(`volume ${name} has no content`);
  return files;
}

/** A volume as the kubelet lays it out, readable by all: each file is a link through `..data`, the only link that changes. */
function publisher(volume: string) {
  let versions = 0;
  return (files: Files) => {
    const version = `..${versions++}`;
    mkdirSync(join(volume, version), { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(join(volume, version, file), text);
      if (!existsSync(join(volume, file))) symlinkSync(`..data/${file}`, join(volume, file));
    }
    symlinkSync(version, join(volume, '..data_tmp'));
    renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
  };
}

function layImage(directory: string, { engine, files = {}, links = {}, directories = [] }: Image): void {
  const at = (path: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    return join(directory, path);
  };
  cpSync(join(cache, engine), directory, { recursive: true, verbatimSymlinks: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(at(path), text, { mode: 0o755 });
  for (const [path, target] of Object.entries(links)) symlinkSync(target, at(path));
  for (const path of directories) {
    mkdirSync(at(path), { recursive: true });
    chmodSync(join(directory, path), 0o777);
  }
}

/** A mount of one file shows what the file was when the container started: its link is followed once, here. */
const mounts = ({ volumeMounts = [] }: Container, volumes: string): string =>
  volumeMounts.map(({ name, mountPath, subPath = '' }) => `${join(volumes, name, subPath)} ${mountPath}\n`).join('');

/** A network with this one address, routed to the world around. */
function connect(address: string): string {
  const name = `pod-${pods++}-${process.pid}`;
  const link = name.slice(-15);
  const ip = (...args: readonly string[]) => execFileSync('ip', args);
  ip('netns', 'add', name);
  ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
  ip('addr', 'replace', `${gateway}/32`, 'dev', link);
  ip('link', 'set', link, 'up');
  ip('route', 'replace', `${address}/32`, 'dev', link);
  for (const args of [
    ['addr', 'add', `${address}/32`, 'dev', 'eth0'],
    ['link', 'set', 'lo', 'up'],
    ['link', 'set', 'eth0', 'up'],
    ['route', 'add', gateway, 'dev', 'eth0'],
    ['route', 'add', 'default', 'via', gateway],
  ]) {
    ip('-netns', name, ...args);
  }
  return name;
}

async function start(
  directory: string,
  network: string,
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ init: ChildProcess; pid: number }> {
  // A file and not a pipe: a server may open /dev/stdout.
  const log = openSync(join(directory, 'log'), 'a');
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child'];
  const script = join(__dirname, '../pod.sh');
  const init = spawn('ip', ['netns', 'exec', network, 'unshare', ...namespaces, script, directory, ...command], {
    env,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const children = `/proc/${init.pid}/task/${init.pid}/children`;
  const pid = await vi.waitFor(() => {
    const child = existsSync(children) ? readFileSync(children, 'utf8').trim() : '';
    if (child === '')
      throw new Error(`the container has no process; its log:\n${readFileSync(join(directory, 'log'))}`);
    return Number(child);
  });
  return { init, pid };
}

async function enter(pid: number, command: readonly string[], env: Readonly<Record<string, string | undefined>>) {
  const container = ['--target', `${pid}`, '--mount', '--net', '--pid', '--root', '--wd'];
  try {
    const { stdout, stderr } = await run('nsenter', [...container, ...command], { env, timeout: 30_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { code, stdout, stderr };
  }
}
