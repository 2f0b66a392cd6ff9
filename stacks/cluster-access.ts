import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { checkKeys, isMap } from '../lib/declaration/checks';
import type { Problems } from '../lib/problems';
import { qualified } from './stack-names';

/**
 * How a stack reaches its cluster. Without `stack` and `kubeconfig` it is the ambient way, as `kubectl` takes it: the
 * variable `KUBECONFIG`, or `~/.kube/config`.
 */
export interface ClusterAccessConfig {
  /** Stack `cluster-<name>`, whose outputs are the kubeconfig and the address of the cluster's ingress controller. */
  readonly stack?: string;
  /** Content of a kubeconfig. */
  readonly kubeconfig?: pulumi.Input<string>;
  /** @default the kubeconfig's current context */
  readonly context?: string;
  /**
   * What tells this cluster from another. A new token, certificate or address is the same cluster; with another
   * identifier everything is made anew.
   * @default the stack, or the context
   */
  readonly identifier?: string;
}

/** Access to one cluster. */
export interface ClusterAccess {
  readonly provider: kubernetes.Provider;
  /** For Namespaces: takes over what an earlier `destroy` has left, or somebody has made for their Secrets. */
  readonly namespaceProvider: kubernetes.Provider;
  /** What the host names of user interfaces resolve to, where a `cluster-<name>` stack tells it. */
  readonly ingressAddress?: pulumi.Output<string | undefined>;
}

/** Reports what is wrong with an access, and never shows a kubeconfig. */
export function checkClusterAccess(problems: Problems, config: unknown): void {
  if (config === undefined) return;
  if (!isMap(config)) return problems.add('', 'is no map', 'use one such as { stack: cluster-org1 }');
  checkKeys(problems, config, ['stack', 'kubeconfig', 'context', 'identifier']);
  for (const key of ['stack', 'context', 'identifier'] as const) checkText(problems, key, config[key]);
  if (!pulumi.Output.isInstance(config['kubeconfig'])) checkText(problems, 'kubeconfig', config['kubeconfig']);
  if (config['stack'] !== undefined && config['kubeconfig'] !== undefined) {
    problems.add('kubeconfig', 'is given beside a stack that has one', 'use one of the two');
  }
}

function checkText(problems: Problems, key: string, value: unknown): void {
  if (value === undefined || (typeof value === 'string' && value !== '')) return;
  problems.add(key, 'is no text', 'use a text, or leave it out');
}

/** Providers for one cluster. */
export function clusterAccess(config: ClusterAccessConfig = {}): ClusterAccess {
  const stack = config.stack === undefined ? undefined : new pulumi.StackReference(qualified(config.stack));
  const args = providerArgs(config, stack);
  return {
    provider: new kubernetes.Provider('cluster', args),
    namespaceProvider: new kubernetes.Provider('cluster-namespaces', { ...args, upsertExistingObjects: true }),
    ...(stack && { ingressAddress: stack.getOutput('ingressAddress') }),
  };
}

/** Of a Provider through which objects are updated in place, and kept when only the way to their cluster changes. */
export function providerArgs(config: ClusterAccessConfig, stack?: pulumi.StackReference): kubernetes.ProviderArgs {
  const { context, identifier = config.stack ?? context ?? 'ambient' } = config;
  const kubeconfig = stack === undefined ? config.kubeconfig : kubeconfigOf(stack);
  return {
    ...(kubeconfig !== undefined && { kubeconfig: pulumi.secret(kubeconfig) }),
    ...(context !== undefined && { context }),
    clusterIdentifier: identifier,
    enableConfigMapMutable: true,
    enableSecretMutable: true,
    enableServerSideApply: true,
  };
}

const kubeconfigOf = (stack: pulumi.StackReference): pulumi.Output<string> =>
  pulumi.all([stack.name, stack.getOutput('kubeconfig')]).apply(([name, kubeconfig]) => {
    if (typeof kubeconfig === 'string') return kubeconfig;
    throw new Error(`stack ${name} has no output \`kubeconfig\`: run \`pulumi up\` there first`);
  });
