import { isDnsLabel } from '../input/addresses';
import { checkDnsLabel, shown } from '../input/checks';
import type { Problems } from '../input/problems';

/** The namespace that was declared; the usual one, and a problem, for anything else. */
export function readNamespace(problems: Problems, path: string, declared: unknown, usual: string): string {
  if (declared === undefined) return usual;
  checkNamespace(problems, path, declared, usual);
  return typeof declared === 'string' && isDnsLabel(declared) ? declared : usual;
}

/** Reports what names no namespace, and those of Kubernetes and Tanzu themselves; `usual` is good, however it is called. */
export function checkNamespace(problems: Problems, path: string, namespace: unknown, usual: string): void {
  if (namespace === usual) return;
  checkDnsLabel(problems, path, namespace, usual);
  if (typeof namespace !== 'string' || !isDnsLabel(namespace)) return;
  const remedy = `use one such as "${usual}"`;
  if (platforms.test(namespace)) problems.add(path, `${shown(namespace)} is one of the platform's own`, remedy);
  if (namespace in {}) problems.add(path, `${shown(namespace)} can name no chart of cdk8s`, remedy); // an object has it already
}

/** Who may write there, or read the Secrets, has the cluster. */
const platforms = /^(kube|vmware-system|tkg-system)(-|$)/;
