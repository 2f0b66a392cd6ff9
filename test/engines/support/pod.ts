import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  fchownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import type { ConfigMap, Container, KeyToPath, PodSpec, Volume } from 'kubernetes-types/core/v1';
import { vi } from 'vitest';
import { type AnyObject, containersOf, find, podOf, type Workload } from '../../support/objects';
import { cache } from './engines';
import { gateway, leaveInside, takeInside } from './network';

/** Files of a ConfigMap or Secret, by key. */
export type Files = Readonly<Record<string, string>>;

/** What stands in for the image: files that it has and this machine has not. */
export interface Image {
  /** Engine of `setup.sh`, whose packages it has. Large ones are better linked to. */
  readonly engine?: string;
  /** Runs where the manifest names no command. */
  readonly command?: readonly string[];
  /** Path → content. */
  readonly files?: Files;
  /** Path → target. Relative ones stay inside the container while it is put together. */
  readonly links?: Readonly<Record<string, string>>;
  /** Directories that anybody may write to. */
  readonly directories?: readonly string[];
  /** Directory → user, who alone may write to it and to the files in it. */
  readonly owned?: Readonly<Record<string, number>>;
  /** Where its commands run. @default '/' */
  readonly workingDirectory?: string;
  /** Environment of the image. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The workload of which a container runs. */
type NamedWorkload =
  | { readonly deployment: string }
  | { readonly job: string }
  | {
      readonly statefulSet: string;
      /** @default 0 */
      readonly ordinal?: number;
      /** Claim → directory that is its volume, and outlives the pod. */
      readonly volumes: Readonly<Record<string, string>>;
    }
  | {
      readonly cronJob: string;
      /** Volume → directory, of every one that is a claim or empty: containers of one pod share it. */
      readonly volumes: Readonly<Record<string, string>>;
    };

export type PodProps = NamedWorkload & {
  /** @default the first one */
  readonly container?: string;
  readonly objects: readonly AnyObject[];
  readonly secrets?: Readonly<Record<string, Files>>;
  readonly image: Image;
  /** Of the pod, by `address()`. */
  readonly address: string;
  /** Lines of `/etc/hosts`: what the cluster's DNS would tell. The pod has its own name then, and knows it. */
  readonly hosts?: string;
};

/** A process of a container, and as what others of it run. */
interface Running {
  readonly pid: number;
  readonly rights: readonly string[];
}

export interface Pod {
  readonly address: string;
  /** What enters it, and what its commands are told. */
  readonly process: Running & { readonly env: Readonly<Record<string, string>> };
  /** Replaces the mounted files of a ConfigMap or Secret as the kubelet does: a new directory, then one rename of a link. */
  publish(name: string, files: Files): void;
  /** As `kubectl exec`. */
  exec(...command: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Sends process 1 a signal as the node does, which it cannot ignore. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
  /** What the container has written so far. */
  log(): string;
  /** What it has left at its `terminationMessagePath`, of which the kubelet tells when it has ended. */
  message(): string;
  /** `undefined` while the container runs. */
  exitCode(): number | undefined;
  /** Resolves when the container has ended, whatever ended it. */
  readonly ended: Promise<unknown>;
  /** Once; whoever asks again waits for the same. */
  stop(): Promise<void>;
}

const run = promisify(execFile);
let pods = 0;

/**
 * Runs the container of a workload as the kubelet would: the command as process 1, with the environment and the mounts
 * of the manifest, and an address of its own. Everything else is the machine's, seen through a layer that keeps it as it is.
 */
export async function startPod(props: PodProps): Promise<Pod> {
  const { objects, secrets = {}, image, address } = props;
  const workload = workloadOf(props);
  const pod = podOf(workload);
  const container = containersOf(pod).find(({ name }) => name === (props.container ?? pod.containers[0]?.name));
  if (container === undefined) throw new Error('the workload has no container');
  const mounted = pod.volumes?.filter((it) => container.volumeMounts?.some(({ name }) => name === it.name)) ?? [];
  const directory = mkdtempSync('/run/pod-');
  const given = 'volumes' in props ? props.volumes : {};
  const empty = mounted.filter(({ name, emptyDir }) => emptyDir !== undefined && !(name in given));
  const claimed = {
    ...given,
    ...Object.fromEntries(empty.map(({ name }) => [name, layEmpty(join(directory, 'volumes', name))])),
  };
  const volumes = mounted.filter(({ name }) => !(name in claimed));
  const group = pod.securityContext?.fsGroup;
  if (group !== undefined) for (const volume of Object.values(claimed)) giveTo(group, volume);
  const published = new Map(
    volumes.map((volume) => [volume.name, publisher(join(directory, 'volumes', volume.name), modeOf(volume, group))]),
  );
  for (const volume of volumes) published.get(volume.name)?.(filesOf(volume, objects, secrets));
  // There is no DNS server, and nobody waits for one.
  layImage(join(directory, 'image'), { ...image, files: { '/etc/resolv.conf': '', ...image.files } });
  if (props.hosts !== undefined) nameHosts(directory, namesOf(props, workload), address, props.hosts);
  const message = join(directory, 'message');
  writeFileSync(message, '');
  chmodSync(message, 0o666);
  const ownMounts = mounts(container, join(directory, 'volumes'), claimed);
  const { terminationMessagePath: told } = container;
  writeFileSync(join(directory, 'mounts'), told === undefined ? ownMounts : `${ownMounts}${message} ${told} rw\n`);
  const env = { PATH: process.env['PATH'] ?? '', ...image.env, ...environment(container, secrets, address) };
  const network = connect(address);
  if (container.securityContext?.readOnlyRootFilesystem) writeFileSync(join(directory, 'read-only'), '');
  const rights = rightsOf(pod, container);
  const command = [
    image.workingDirectory ?? '/',
    ...rights,
    ...(container.command ?? image.command ?? []),
    ...(container.args ?? []),
  ];
  const { init, pid, ended } = await start(directory, network, command, env, container.securityContext?.runAsUser);
  const stop = async () => {
    // Process 1 would go with its parent, unless it has become another user.
    if (pid !== undefined && init.exitCode === null && init.signalCode === null) process.kill(pid, 'SIGKILL');
    init.kill('SIGKILL');
    await ended;
    execFileSync('ip', ['netns', 'delete', network]);
    leaveInside(address);
    rmSync(directory, { recursive: true });
  };
  let stopped: Promise<void> | undefined;
  return {
    address,
    get process() {
      return { pid: running(pid), rights, env };
    },
    publish: (name, files) => {
      const volume = volumes.find((it) => (it.configMap?.name ?? it.secret?.secretName) === name);
      published.get(volume?.name ?? '')?.(files);
    },
    exec: (...command) => enter({ pid: running(pid), rights }, command, env),
    signal: (signal) => process.kill(running(pid), signal),
    log: () => readFileSync(join(directory, 'log'), 'utf8'),
    message: () => readFileSync(message, 'utf8'),
    exitCode: () => init.exitCode ?? undefined,
    ended,
    stop: () => (stopped ??= stop()),
  };
}

function workloadOf(props: PodProps): Workload | Job | CronJob {
  const { objects } = props;
  if ('deployment' in props) return find(objects, 'Deployment', props.deployment);
  if ('job' in props) return find(objects, 'Job', props.job);
  if ('cronJob' in props) return find(objects, 'CronJob', props.cronJob);
  return find(objects, 'StatefulSet', props.statefulSet);
}

/** The pod's names, as its `/etc/hosts` has them: a StatefulSet's has one in the cluster's DNS. */
function namesOf(props: NamedWorkload, { metadata, spec }: Workload | Job | CronJob): [name: string, ...string[]] {
  if ('deployment' in props) return [`${props.deployment}-${pods}`];
  if ('job' in props) return [`${props.job}-${pods}`];
  if ('cronJob' in props) return [`${props.cronJob}-${pods}`];
  const name = `${props.statefulSet}-${props.ordinal ?? 0}`;
  const service = spec !== undefined && 'serviceName' in spec ? spec.serviceName : '';
  return [name, `${name}.${service}.${metadata?.namespace}.svc.cluster.local`];
}

function nameHosts(directory: string, [name, ...longer]: [string, ...string[]], address: string, hosts: string): void {
  writeFileSync(join(directory, 'hostname'), name);
  mkdirSync(join(directory, 'image/etc'), { recursive: true });
  writeFileSync(
    join(directory, 'image/etc/hosts'),
    `127.0.0.1 localhost\n${address} ${[...longer, name].join(' ')}\n${hosts}`,
  );
}

/** The container's environment, with what the kubelet fills in. */
const environment = ({ env = [] }: Container, secrets: Readonly<Record<string, Files>>, address: string) =>
  Object.fromEntries(
    env.map(({ name, value, valueFrom: { secretKeyRef, fieldRef } = {} }) => {
      const filled = fieldRef?.fieldPath === 'status.podIP' ? address : undefined;
      const text = value ?? filled ?? secrets[secretKeyRef?.name ?? '']?.[secretKeyRef?.key ?? ''];
      if (text === undefined) throw new Error(`the variable ${name} has no value`);
      return [name, text];
    }),
  );

function filesOf({ name, configMap, secret }: Volume, objects: readonly AnyObject[], secrets: PodProps['secrets']) {
  const files = configMap
    ? find<ConfigMap>(objects, 'ConfigMap', configMap.name ?? '').data
    : secrets?.[secret?.secretName ?? ''];
  if (files === undefined) throw new Error(`volume ${name} has no content`);
  return secret?.items === undefined ? files : itemsOf(secret.items, files);
}

/** Those of the keys that are named, under other names; a pod whose Secret has not all of them never starts. */
const itemsOf = (items: readonly KeyToPath[], files: Files): Files =>
  Object.fromEntries(
    items.map(({ key, path }) => {
      const text = files[key];
      if (text === undefined) throw new Error(`the Secret has no ${key}`);
      return [path, text];
    }),
  );

/** As a runtime begins a container's processes, and those of its probes. */
function rightsOf({ securityContext: ofPod }: PodSpec, { securityContext = {} }: Container): readonly string[] {
  const { runAsUser = 0, runAsGroup = 0, allowPrivilegeEscalation, capabilities = {} } = securityContext;
  const { drop = [], add = [] } = capabilities;
  const kept = drop.includes('ALL') ? [] : ofRuntimes.filter((it) => !drop.includes(it));
  const groups = ofPod?.fsGroup === undefined ? ['--clear-groups'] : [`--groups=${ofPod.fsGroup}`];
  return [
    '/usr/bin/setpriv',
    `--reuid=${runAsUser}`,
    `--regid=${runAsGroup}`,
    ...groups,
    '--inh-caps=-all',
    `--bounding-set=${['-all', ...new Set([...kept, ...add])].join(',+').toLowerCase()}`,
    ...(allowPrivilegeEscalation === false ? ['--no-new-privs'] : []),
  ];
}

/** What containerd gives to a container that says nothing. */
const ofRuntimes = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'NET_RAW'],
  ...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];

/** An empty volume of the pod. */
function layEmpty(directory: string): string {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o777);
  return directory;
}

/** As the kubelet gives a volume to a group: whatever is in it, and what will be. */
function giveTo(group: number, volume: string): void {
  execFileSync('chgrp', ['-R', `${group}`, volume]);
  execFileSync('chmod', ['-R', 'g+rwX', volume]);
  execFileSync('find', [volume, '-type', 'd', '-exec', 'chmod', 'g+s', '{}', '+']);
}

/** Of the files of a ConfigMap or Secret: who may read them, and their group. */
const modeOf = ({ configMap, secret }: Volume, group: number | undefined): Mode => {
  const mode = configMap?.defaultMode ?? secret?.defaultMode ?? 0o644;
  return group === undefined ? { mode, group: 0 } : { mode: mode | 0o440, group };
};

interface Mode {
  readonly mode: number;
  readonly group: number;
}

function running(pid: number | undefined): number {
  if (pid === undefined) throw new Error('the container has ended');
  return pid;
}

/** Waits until this passes once. A pod that ends before, or never gets there, is stopped, and what it wrote is told. */
export async function untilReady(pod: Pod, probe: () => Promise<void>, timeout = 540_000): Promise<Pod> {
  try {
    const ready = vi.waitFor(probe, { timeout, interval: 500 });
    await Promise.race([ready, pod.ended.then(() => Promise.reject(new Error(`ended with ${pod.exitCode()}`)))]);
    return pod;
  } catch (cause) {
    const log = pod.log();
    await pod.stop();
    throw new Error(`not ready; its log:\n${log}`, { cause });
  }
}

/** A volume as the kubelet lays it out: each file is a link through `..data`, the only link that changes. */
function publisher(volume: string, { mode, group }: Mode) {
  let versions = 0;
  return (files: Files) => {
    const version = `..${versions++}`;
    mkdirSync(join(volume, version), { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(join(volume, version, file), text, { mode });
      chownSync(join(volume, version, file), 0, group);
      if (!existsSync(join(volume, file))) symlinkSync(`..data/${file}`, join(volume, file));
    }
    symlinkSync(version, join(volume, '..data_tmp'));
    renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
  };
}

function layImage(directory: string, { engine, files = {}, links = {}, directories = [], owned = {} }: Image): void {
  const at = (path: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    return join(directory, path);
  };
  mkdirSync(join(directory, cache), { recursive: true }); // whatever it is below, there is a way to it
  if (engine !== undefined) cpSync(join(cache, engine), directory, { recursive: true, verbatimSymlinks: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(at(path), text, { mode: 0o755 });
  for (const [path, target] of Object.entries(links)) symlinkSync(target, at(path));
  for (const path of directories) {
    mkdirSync(at(path), { recursive: true });
    chmodSync(join(directory, path), 0o777);
  }
  for (const [path, user] of Object.entries(owned)) {
    mkdirSync(at(path), { recursive: true });
    execFileSync('chown', ['--recursive', `${user}:${user}`, join(directory, path)]);
  }
}

/** A mount of one file shows what the file was when the container started: its link is followed once, here. */
const mounts = ({ volumeMounts = [] }: Container, volumes: string, claimed: Readonly<Record<string, string>>): string =>
  volumeMounts
    .map(({ name, mountPath, subPath = '', readOnly = false }) => {
      const claim = claimed[name];
      const source = join(claim ?? join(volumes, name), subPath);
      if (claim !== undefined && !existsSync(source)) layBelow(claim, source);
      return `${source} ${mountPath} ${claim === undefined || readOnly ? 'ro' : 'rw'}\n`;
    })
    .join('');

/** A directory of a volume, as open as the volume itself. */
function layBelow(volume: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, statSync(volume).mode);
}

/** A network with this one address, routed to the world around. */
function connect(address: string): string {
  takeInside(address);
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

/** Whether a process has not gone into the files of its container yet: commands would see the machine's in their place. */
const isOnMachine = (pid: string): boolean => statSync(`/proc/${pid}/root/`).dev === statSync('/').dev;

async function start(
  directory: string,
  network: string,
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  user = 0,
): Promise<{ init: ChildProcess; pid: number | undefined; ended: Promise<unknown> }> {
  // A file and not a pipe: a server may open /dev/stdout.
  const log = openSync(join(directory, 'log'), 'a');
  fchownSync(log, user, user);
  const namespaces = ['--mount', '--pid', '--uts', '--fork', '--kill-child'];
  const script = join(__dirname, 'pod.sh');
  const init = spawn('ip', ['netns', 'exec', network, 'unshare', ...namespaces, script, directory, ...command], {
    env,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = once(init, 'exit');
  const children = `/proc/${init.pid}/task/${init.pid}/children`;
  const pid = await vi.waitFor(
    () => {
      const child = existsSync(children) ? readFileSync(children, 'utf8').trim() : '';
      if (init.exitCode !== null) return undefined; // a short piece of work, and done
      if (child === '' || isOnMachine(child))
        throw new Error(`the container has no process; its log:\n${readFileSync(join(directory, 'log'))}`);
      return Number(child);
    },
    { timeout: 300_000, interval: 50 },
  );
  return { init, pid, ended };
}

/** Becomes a command in the container. */
export const entering = ({ pid, rights }: Running): readonly string[] => [
  ...['nsenter', '--target', `${pid}`, '--mount', '--net', '--pid', '--uts', '--root', '--wd'],
  ...rights,
];

/** As root of the node does it in a container, who may do anything to any process of it. */
export const asNode = ({ process: { pid } }: Pod, ...command: readonly string[]): void => {
  const [nsenter = '', ...args] = [...entering({ pid, rights: [] }), ...command];
  execFileSync(nsenter, args);
};

async function enter(process: Running, command: readonly string[], env: Readonly<Record<string, string | undefined>>) {
  try {
    // Bash takes a socket for a caller from afar and reads the machine's ~/.bashrc first: there is no standard input.
    const silent = ['-c', 'exec "$@" </dev/null', 'sh', ...entering(process), ...command];
    const { stdout, stderr } = await run('sh', silent, { env, timeout: 600_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { code, stdout, stderr };
  }
}
