import { checkKeys, isFileName, type Keys, readMap, shown } from '../input/checks';
import type { Problems } from '../input/problems';

/**
 * Where commands that look into a cluster find that of a member. Nothing that is drawn or deployed depends on it: stacks have
 * `cluster` for that.
 */
export interface KubectlAccess {
  /**
   * File, relative to that of the declaration; its name and no content.
   * @default that of `kubectl`: `KUBECONFIG`, or `~/.kube/config`
   */
  readonly kubeconfig?: string;
  /** Name of one of its contexts. @default its current context */
  readonly context?: string;
}

export function planAccess(problems: Problems, declared: KubectlAccess | undefined): KubectlAccess {
  const access = readMap(problems, '', declared, 'use one such as { context: "org1" }, or leave it out');
  checkKeys(problems, access, accessKeys);
  const { kubeconfig, context } = access;
  if (kubeconfig !== undefined) checkFile(problems, kubeconfig);
  if (context !== undefined && !(typeof context === 'string' && /^\S(.*\S)?$/.test(context)))
    problems.add('context', `${shown(context)} is no name`, 'use one that `kubectl config get-contexts` shows');
  return access;
}

/** Of a member, in a federation that says the same for all. A context is that of the kubeconfig beside it. */
export const memberAccess = (own: KubectlAccess, shared: KubectlAccess): KubectlAccess =>
  own.kubeconfig === undefined ? { ...shared, ...own } : own;

/** Reports what is no name of a file; a content is not shown, since it holds keys. */
function checkFile(problems: Problems, kubeconfig: unknown): void {
  const remedy = 'use a file such as "clusters/org1.yaml", relative to the declaration, or an absolute one';
  if (typeof kubeconfig === 'string' && kubeconfig.startsWith('~'))
    problems.add('kubeconfig', `${shown(kubeconfig)} begins with ~, which only a shell reads`, remedy);
  else if (!isFileName(kubeconfig) || /[\n{]/.test(kubeconfig))
    problems.add('kubeconfig', 'is no name of a file', remedy);
}

const accessKeys: Keys<KubectlAccess> = { kubeconfig: true, context: true };
