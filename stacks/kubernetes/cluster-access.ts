import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import type { SparkNodes } from '../../lib/federation/spark-nodes';
import { checkKeys, type Declared, isMap, type Keys } from '../../lib/input/checks';
import { plainAround } from '../../lib/input/plain';
import { Problems } from '../../lib/input/problems';
import { refuseIfAny } from '../engine/refuse';
import { isStackName, qualified } from '../references/stack-names';
import { outputOf, readOutput } from '../references/stack-outputs';

/** A way to a Kubernetes API server. */
export interface KubeconfigAccess {
  /** Content of a kubeconfig. @default that of `kubectl`: `KUBECONFIG`, or `~/.kube/config` */
  readonly kubeconfig?: pulumi.Input<string>;
  /** Name of one of the kubeconfig's contexts. @default the kubeconfig's current context */
  readonly context?: string;
  /**
   * What tells this cluster from another. A new token, certificate or address is the same cluster; with another
   * identifier everything on it is made anew.
   * @default the stack, or the context, or `ambient`
   */
  readonly identifier?: string;
}

/** How a stack reaches its cluster. */
export interface ClusterAccessConfig extends KubeconfigAccess {
  /** Stack `cluster-<name>`, in the place of a kubeconfig: it also tells the address of the ingress controller. @default none */
  readonly stack?: string;
}

/** Access to one cluster. */
export interface ClusterAccess {
  /** Made by {@link clusterProvider}. */
  readonly provider: kubernetes.Provider;
  /** What the host names of user interfaces resolve to. @default unknown where no stack `cluster-<name>` tells it */
  readonly ingressAddress?: pulumi.Output<string | undefined>;
}

/** Reports what is wrong with an access, and never shows a kubeconfig. */
export function checkClusterAccess(problems: Problems, config: unknown): void {
  checkAccess(problems, config, clusterAccessKeys);
}

/** As {@link checkClusterAccess}, where no stack has the kubeconfig. */
export function checkKubeconfigAccess(problems: Problems, config: unknown): void {
  checkAccess(problems, config, accessKeys);
}

const accessKeys: Keys<KubeconfigAccess> = { kubeconfig: true, context: true, identifier: true };
const clusterAccessKeys: Keys<ClusterAccessConfig> = { stack: true, ...accessKeys };

function checkAccess(problems: Problems, config: unknown, known: Keys<KubeconfigAccess>): void {
  const keys = Object.keys(known);
  if (config === undefined) return;
  if (!isMap(config)) return problems.add('', 'is no map', `use one with ${keys.join(', ')}`);
  checkKeys(problems, config, known);
  for (const key of keys) {
    const value = config[key];
    if (value === undefined || (key === 'stack' ? isStackName(value) : isText(value))) continue;
    if (key === 'kubeconfig' && (pulumi.Output.isInstance(value) || value instanceof Promise)) continue;
    if (key === 'stack') problems.add(key, 'names no stack', 'use one such as "cluster-org1"');
    else problems.add(key, 'is no text', 'use a text, or leave it out');
  }
  if (config['stack'] !== undefined && config['kubeconfig'] !== undefined) {
    problems.add('kubeconfig', 'is given beside a stack that has one', 'use one of the two');
  }
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** A cluster before anything is made for it: how it is reached, and what its stack tells. */
export interface ReadCluster {
  readonly config?: ClusterAccessConfig;
  readonly stack?: pulumi.StackReference;
  /** Kubernetes release, where a `cluster-<name>` stack tells it. */
  readonly kubernetes?: string;
}

/** Nodes for Spark workers alone, as the cluster's stack tells of them; nobody does where there is no such stack. */
export async function readSparkNodes({
  config,
  stack,
}: ReadCluster): Promise<Declared<SparkNodes | undefined> | undefined> {
  if (stack === undefined) return undefined;
  const path = `cluster (stack ${config?.stack})`;
  return { path: `${path}.sparkNodes`, value: await readOutput(stack, 'sparkNodes', path) };
}

/** Reports a part that says where commands look: who reads it would think that it is put there. */
export function checkNoAccess(problems: Problems, part: unknown): void {
  if (Object(part).access === undefined) return;
  problems.add(
    'access',
    'is for commands that look into a cluster',
    'name the one that a stack deploys to by `cluster`',
  );
}

/** Reports what is wrong with the way to a cluster, and reads what its stack tells. */
export async function readCluster(problems: Problems, config: ClusterAccessConfig | undefined): Promise<ReadCluster> {
  checkClusterAccess(problems, config);
  const stack = referenceTo(config);
  if (stack === undefined) return { config };
  return { config, stack, kubernetes: await readOutput(stack, 'kubernetes', `cluster (stack ${config?.stack})`) };
}

/** A stack can be referred to only once in a program. */
const referenceTo = (config: unknown): pulumi.StackReference | undefined =>
  isMap(config) && isStackName(config['stack']) && config['kubeconfig'] === undefined
    ? new pulumi.StackReference(qualified(config['stack']))
    : undefined;

/**
 * Access by a `cluster-<name>` stack's outputs, or by a kubeconfig.
 *
 * @throws {pulumi.RunError} with every problem of the configuration
 */
export function clusterAccess(declared: ClusterAccessConfig = {}): ClusterAccess {
  const config = plainAround(declared) as ClusterAccessConfig;
  const problems = Problems.none();
  checkClusterAccess(problems, config);
  refuseIfAny(problems, 'access to a cluster');
  return accessTo({ config, stack: referenceTo(config) });
}

/** Access to a cluster that was read before. */
export function accessTo({ config: { stack: declared, ...config } = {}, stack }: ReadCluster): ClusterAccess {
  if (stack === undefined || declared === undefined) return { provider: clusterProvider('cluster', config) };
  const name = qualified(declared);
  const kubeconfig = outputOf(stack, 'kubeconfig').apply((kubeconfig): string => {
    if (typeof kubeconfig === 'string') return kubeconfig;
    throw new pulumi.RunError(`stack ${name} has no output \`kubeconfig\`: run \`pulumi up\` there first`);
  });
  return {
    provider: clusterProvider('cluster', { identifier: name, ...config, kubeconfig }),
    ingressAddress: outputOf(stack, 'ingressAddress'),
  };
}

/**
 * A provider that updates objects in place, and keeps them when only the way to their cluster changes.
 *
 * It takes over an object that exists already: a Namespace that an earlier `destroy` has left or that somebody has made for
 * their Secrets, or what an interrupted update had just made. Where others have set a field to another value, that is an
 * error then; at later updates it takes back without a word what `kubectl` has set. It leaves each kubeconfig in
 * `$TMPDIR/kubeconfig…`, readable by its user alone. A component that gets another name needs an alias: else its objects are taken over, and then deleted with the old one.
 *
 * @throws {pulumi.RunError} with every problem of the access: with a mistyped key it would be another cluster's
 */
export function clusterProvider(
  name: string,
  declared: KubeconfigAccess = {},
  options?: pulumi.CustomResourceOptions,
): kubernetes.Provider {
  const access = plainAround(declared) as KubeconfigAccess;
  const problems = Problems.none();
  checkKubeconfigAccess(problems, access);
  refuseIfAny(problems, `provider ${name}`);
  const { kubeconfig, context, identifier = context ?? 'ambient' } = access;
  const args = {
    kubeconfig: kubeconfig === undefined ? undefined : pulumi.secret(kubeconfig),
    context,
    clusterIdentifier: identifier,
    enableConfigMapMutable: true,
    enableSecretMutable: true,
    enableServerSideApply: true,
    upsertExistingObjects: true,
  };
  return new kubernetes.Provider(name, args, options);
}
