import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync } from 'node:fs';
import { validateHeaderValue } from 'node:http';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { KubeConfig } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { ClusterRefusal } from './refusal';

/** A context of a kubeconfig: a cluster, and as whom it is asked. */
export interface Login {
  readonly context: string;
  /** What messages call it: context and cluster. */
  readonly name: string;
  /** URL of the API server, without a slash at its end. */
  readonly server: string;
  readonly kubeconfig: KubeConfig;
  readonly limits: Limits;
}

/** How long somebody waits, and how much is read. */
export interface Limits {
  /** For everything but a command in a container. */
  readonly answerSeconds: number;
  /** For a plug-in that logs in, and may ask somebody for a password. */
  readonly pluginSeconds: number;
  /** Of one answer, or of what a command prints: a namespace of thousands of objects has a tenth of it. */
  readonly answerMiB: number;
}

const usualLimits: Limits = { answerSeconds: 20, pluginSeconds: 60, answerMiB: 64 };

/**
 * The login of a context.
 *
 * @param file kubeconfig. @default that of `kubectl`
 * @param context @default the current one
 * @throws {ClusterRefusal} when there is no such kubeconfig or context
 */
export async function readLogin(
  file: string | undefined,
  context: string | undefined,
  limits: Limits = usualLimits,
): Promise<Login> {
  const source = file ?? usualFiles();
  const kubeconfig = await load(source, file);
  const wanted = context ?? kubeconfig.getCurrentContext();
  const known = kubeconfig.getContexts().map(({ name }) => name);
  if (!wanted) throw noContext(`kubeconfig ${source} has no current context`, known);
  const found = kubeconfig.getContexts().find(({ name }) => name === wanted);
  if (found === undefined) throw noContext(`kubeconfig ${source} has no context ${wanted}`, known);
  kubeconfig.setCurrentContext(wanted);
  const cluster = kubeconfig.getCurrentCluster();
  if (cluster === null || kubeconfig.getCurrentUser() === null) {
    const missing = cluster === null ? `cluster ${found.cluster}` : `user ${found.user}`;
    throw noContext(
      `context ${wanted} of kubeconfig ${source} is of ${missing}, which is not in it, or not whole`,
      known.filter((name) => name !== wanted),
      'have it made anew',
    );
  }
  checkServer(`context ${wanted} of kubeconfig ${source}`, cluster.server);
  if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify)
    throw new ClusterRefusal(
      'no-context',
      `context ${wanted} of kubeconfig ${source} leads to ${cluster.server}, where a login would go in the clear`,
      'write https://; for a proxy such as `kubectl proxy` add `insecure-skip-tls-verify: true`',
    );
  const server = cluster.server.replace(/\/$/, '');
  return { context: wanted, name: `the cluster of context ${wanted} (${server})`, server, kubeconfig, limits };
}

/** A URL is shown with all that it has: nothing secret may be in it, and nothing that a path cannot follow. */
function checkServer(where: string, server: string): void {
  const url = /^https?:/.test(server) && URL.canParse(server) ? new URL(server) : undefined;
  const example = 'write one such as https://192.0.2.1:6443';
  if (url === undefined)
    throw new ClusterRefusal(
      'no-context',
      `${where} leads to ${server.replace(/\/\/[^/]*@/, '//…@')}, which is no URL`,
      example,
    );
  if (url.username !== '' || url.password !== '')
    throw new ClusterRefusal(
      'no-context',
      `${where} leads to a URL with a name or a password in it`,
      `${example}, and those of a user beside it`,
    );
  if (url.search !== '' || url.hash !== '')
    throw new ClusterRefusal('no-context', `${where} leads to ${server}, which goes on after its path`, example);
}

/** As `kubectl` finds them. */
const usualFiles = (): string => process.env['KUBECONFIG'] || join(homedir(), '.kube/config');

async function load(source: string, file: string | undefined): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const others = { onInvalidEntry: 'filter' } as const; // nobody's business but of whoever names them
  const kubeconfig = new KubeConfig();
  try {
    if (file !== undefined) kubeconfig.loadFromFile(file, others);
    else kubeconfig.loadFromDefault(others);
  } catch (error) {
    throw unreadable(source, error);
  }
  const isNone = kubeconfig.getCurrentContext() === 'loaded-context' && !existsSync(source); // what the library falls back to
  if (isNone) throw new ClusterRefusal('no-kubeconfig', `there is no kubeconfig ${source}`, nameOne);
  return kubeconfig;
}

const nameOne = 'name one by --kubeconfig, or by `access` in the declaration';

/** What is wrong is said by its place: messages of a YAML parser show the line, and with it keys and tokens. */
function unreadable(source: string, error: unknown): ClusterRefusal {
  const { code, mark, syscall } = Object(error) as { code?: string; mark?: { line?: number }; syscall?: string };
  if (syscall !== undefined)
    return new ClusterRefusal('no-kubeconfig', `kubeconfig ${source} cannot be read (${code})`, nameOne);
  const line = mark?.line === undefined ? '' : ` at line ${mark.line + 1}`;
  return new ClusterRefusal('no-kubeconfig', `${source} is no kubeconfig${line}`, nameOne);
}

function noContext(what: string, known: readonly string[], none = 'it has none at all'): ClusterRefusal {
  const some = known.slice(0, mostNamed).join(', ');
  const all = known.length > mostNamed ? `${some} and ${known.length - mostNamed} more` : some;
  const remedy = known.length === 0 ? none : `name one of ${all}`;
  return new ClusterRefusal('no-context', what, remedy);
}

const mostNamed = 12;

/**
 * Options of requests with the login.
 *
 * @throws {ClusterRefusal} when it cannot be had
 */
export async function requestOptions({
  kubeconfig,
  context,
  limits: { pluginSeconds },
}: Login): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await withPatience(pluginSeconds, () => kubeconfig.applyToHTTPSOptions(options));
    createSecureContext(options); // throws of a certificate or a key that is none
    for (const [name, value] of Object.entries(options.headers ?? {})) validateHeaderValue(name, `${value}`); // and of a token
    return options;
  } catch (error) {
    const { command } = kubeconfig.getCurrentUser()?.exec ?? {};
    throw command === undefined ? unusable(context, error) : failing(command, context, error);
  }
}

/** What a plug-in has printed may hold what it is for, and is not told. */
function failing(plugin: string, context: string, error: unknown): ClusterRefusal {
  const isMissing = Object(error).code === 'ENOENT';
  const how = isMissing ? 'is not here' : error === impatience ? 'is not done in time' : 'fails';
  return new ClusterRefusal(
    'no-login',
    `${plugin}, which is to log in for context ${context}, ${how}`,
    isMissing ? 'install it' : `see what \`kubectl --context ${context} get pods\` says, and log in there`,
  );
}

function unusable(context: string, error: unknown): ClusterRefusal {
  const { code, path } = Object(error) as NodeJS.ErrnoException;
  const file = path === undefined ? '' : `: ${path} cannot be read (${code})`;
  const remedy = 'make the context anew, as by `kubectl vsphere login` or `tanzu cluster kubeconfig get`';
  return new ClusterRefusal('no-login', `the login of context ${context} cannot be used${file}`, remedy);
}

const impatience = new Error('not in time');

/** Ends what a plug-in still does after that: the process would wait for it. */
async function withPatience(seconds: number, work: () => Promise<void>): Promise<void> {
  const plugins: ChildProcess[] = [];
  const started = (message: unknown) => plugins.push((message as { readonly process: ChildProcess }).process);
  subscribe('child_process', started);
  const done = work(); // starts it before it waits for anything
  unsubscribe('child_process', started);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(impatience), seconds * 1000);
  });
  try {
    await Promise.race([done, late]);
  } catch (error) {
    for (const plugin of plugins) plugin.kill();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
