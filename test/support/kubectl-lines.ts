import type { Service } from 'kubernetes-types/core/v1';
import { type AnyObject, containersOf, podOf, type Workload, workloadsOf } from './objects';

/** The words of every call of `kubectl` in lines of a shell. */
export function kubectlCalls(lines: readonly string[]): readonly (readonly string[])[] {
  const typed = lines
    .join('\n')
    .replace(/<<'END'\n[\s\S]*?\nEND/g, '')
    .replace(loop, (text, workload) => text.replaceAll('"$pod"', `workload/${workload}`));
  return [...typed.matchAll(/\bkubectl (?=[a-z-])/g)].map(({ index }) => wordsFrom(typed, index));
}

/** Over the pods of a workload. */
const loop = /for pod in \$\(kubectl .* -l app\.kubernetes\.io\/name=(\S+) [\s\S]*?\ndone/g;

/** Up to what ends a command outside of quotes. */
function wordsFrom(text: string, start: number): readonly string[] {
  const [command = ''] = /^(?:'[^']*'|"[^"]*"|[^|)\n;<'"])*/.exec(text.slice(start)) ?? [];
  return [...command.matchAll(/(?:'[^']*'|"[^"]*"|[^ '"])+/g)].map(([word]) => word.replace(/['"]/g, ''));
}

/** What a call names and is not among the objects, or is not known to be right. */
export function unknownNames(call: readonly string[], objects: readonly AnyObject[]): readonly string[] {
  const [, ...rest] = call;
  const comment = rest.indexOf('#');
  const typed = comment === -1 ? rest : rest.slice(0, comment);
  const end = typed.indexOf('--');
  const own = end === -1 ? typed : typed.slice(0, end);
  const { flags, words } = parsed(own);
  const [verb = '', ...names] = words;
  const looked = new Lookup(objects, flags['-n']);
  return [
    ...(flags['-n'] === undefined || looked.hasNamespace() ? [] : [`namespace ${flags['-n']}`]),
    ...(names[0] === 'nodes' ? looked.nodes(flags['-l']) : looked.selector(flags['-l'])),
    ...(flags['--raw'] === undefined ? [] : looked.raw(flags['--raw'])),
    ...(checks[verb]?.(looked, names, flags, end === -1 ? [] : typed.slice(end + 1)) ?? [`kubectl ${verb}`]),
  ];
}

type Flags = Readonly<Record<string, string>>;

/** Flags that have a value of their own. */
const withValue = ['-n', '-l', '-c', '-o', '-p', '-f', '-A', '--raw', '--field-selector'];

function parsed(own: readonly string[]): { readonly flags: Flags; readonly words: readonly string[] } {
  const [flags, words]: [Record<string, string>, string[]] = [{}, []];
  for (let i = 0; i < own.length; i++) {
    const word = own[i] ?? '';
    if (withValue.includes(word)) flags[word] = own[++i] ?? '';
    else if (word.startsWith('--from=')) flags['--from'] = word.slice('--from='.length);
    else if (!word.startsWith('-')) words.push(word);
  }
  return { flags, words };
}

type Check = (lookup: Lookup, names: readonly string[], flags: Flags, command: readonly string[]) => readonly string[];

const checks: Readonly<Record<string, Check>> = {
  get: (lookup, [kind = '', ...names], flags) =>
    names.flatMap((name) => [...lookup.object(kind, name), ...lookup.field(kind, name, flags['-o'])]),
  describe: (lookup, [kind = '', ...names]) => names.flatMap((name) => lookup.object(kind, name)),
  delete: (lookup, [kind = '', ...names]) => names.flatMap((name) => lookup.object(kind, name)),
  patch: (lookup, [name = '']) => lookup.object('', name),
  rollout: (lookup, [, name = '']) => lookup.object('', name),
  logs: (lookup, [target], flags) => (target === undefined ? [] : lookup.container(target, flags)),
  exec: (lookup, [target = ''], flags, command) => [
    ...lookup.container(target, flags),
    ...lookup.directory(target, command),
  ],
  scale: (lookup, names) => {
    const [kind = '', ...others] = names;
    return kind.includes('/') ? lookup.object('', kind) : others.flatMap((name) => lookup.object(kind, name));
  },
  wait: (lookup, names) => names.flatMap((name) => lookup.object('', name)),
  create: (lookup, _, flags) => lookup.object('', flags['--from'] ?? ''),
  apply: () => [],
  set: () => [],
  config: () => [],
  version: () => [],
  vsphere: () => [],
};

/** Kinds whose objects are the cluster's own, or those that an operator chooses. */
const notDrawn = ['node', 'nodes', 'storageclass', 'events', 'job'];

const kinds: Readonly<Record<string, string>> = {
  configmap: 'ConfigMap',
  service: 'Service',
  secret: 'Secret',
  namespace: 'Namespace',
  certificate: 'Certificate',
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
  cronjob: 'CronJob',
};

class Lookup {
  constructor(
    private readonly objects: readonly AnyObject[],
    private readonly namespace: string | undefined,
  ) {}

  hasNamespace(): boolean {
    return (
      this.namespace === 'kube-system' || this.objects.some(({ metadata }) => metadata.namespace === this.namespace)
    );
  }

  object(kind: string, name: string): readonly string[] {
    const [typed = '', named = ''] = name.includes('/') ? name.split('/') : [kind, name];
    if (named.startsWith('$') || notDrawn.includes(typed)) return [];
    if (typed === 'pod') return this.workloadOf(named) ? [] : [`pod ${named}`];
    if (typed === 'pvc') return this.claims().includes(named) ? [] : [`claim ${named}`];
    if (typed === 'secret') return this.secretsRead().includes(named) ? [] : [`secret ${named}`];
    const isThere = this.objects.some((it) => it.kind === kinds[typed] && it.metadata.name === named);
    return isThere ? [] : [`${typed} ${named}`];
  }

  /** A file of a ConfigMap, by the path to it. */
  field(kind: string, name: string, output = ''): readonly string[] {
    const [, file] = /^jsonpath=\{\.data\.(.*)\}$/.exec(output) ?? [];
    if (kind !== 'configmap' || file === undefined) return [];
    const found = this.objects.find((it) => it.kind === 'ConfigMap' && it.metadata.name === name);
    return file.replaceAll('\\', '') in (found?.data ?? {}) ? [] : [`${file} of ${name}`];
  }

  selector(selector: string | undefined): readonly string[] {
    if (selector === undefined) return [];
    const [, one, several = ''] = /^app\.kubernetes\.io\/name(?:=(\S+)| in \((.*)\))$/.exec(selector) ?? [];
    const names = one === undefined ? several.split(', ') : [one];
    const templates = this.objects.map(({ spec }) => spec?.template ?? spec?.jobTemplate?.spec.template);
    const labels = templates.map((template) => template?.metadata?.labels?.['app.kubernetes.io/name']);
    return names.filter((name) => !labels.includes(name)).map((name) => `label ${name}`);
  }

  /** Nodes to which some pod keeps. */
  nodes(selector: string | undefined): readonly string[] {
    if (selector === undefined) return [];
    const kept = workloadsOf(this.objects).map((workload) => Object.entries(podOf(workload).nodeSelector ?? {}));
    const isKept = kept.some((labels) => labels.map(([key, value]) => `${key}=${value}`).join() === selector);
    return isKept ? [] : [`nodes ${selector}`];
  }

  raw(path: string): readonly string[] {
    const [, namespace, name, port] =
      /^\/api\/v1\/namespaces\/([^/]+)\/services\/([^:]+):([^/]+)\/proxy\//.exec(path) ?? [];
    const service: Service | undefined = this.objects.find(
      ({ kind, metadata }) => kind === 'Service' && metadata.name === name && metadata.namespace === namespace,
    );
    return service?.spec?.ports?.some((each) => each.name === port) ? [] : [path];
  }

  /** A target is a workload or a pod of one, or a Job that was made before; of several containers one has to be named. */
  container(target: string, { '-c': container }: Flags): readonly string[] {
    if (target.startsWith('$') || target.startsWith('job/')) return [];
    const workload = this.workloadOf(target);
    if (workload === undefined) return [target];
    const names = podOf(workload).containers.map(({ name }) => name);
    if (container === undefined) return names.length === 1 ? [] : [`which container of ${target}`];
    return containersOf(podOf(workload)).some(({ name }) => name === container)
      ? []
      : [`container ${container} of ${target}`];
  }

  /** The directory of a volume that a command looks at. */
  directory(target: string, [command, ...words]: readonly string[]): readonly string[] {
    const workload = this.workloadOf(target);
    const path = words.at(command === 'find' ? 0 : -1) ?? '';
    if (workload === undefined || !['df', 'find'].includes(`${command}`)) return [];
    const mounts = containersOf(podOf(workload)).flatMap(({ volumeMounts = [] }) => volumeMounts);
    return mounts.some(({ name, mountPath }) => name === 'data' && mountPath === path) ? [] : [`${path} of ${target}`];
  }

  private workloadOf(target: string): Workload | undefined {
    const [kind, name = ''] = target.includes('/') ? target.split('/') : ['statefulset', target.replace(/-\d+$/, '')];
    return this.workloads().find(
      (it) => [it.kind?.toLowerCase(), 'workload'].includes(kind) && it.metadata?.name === name,
    );
  }

  private workloads(): readonly Workload[] {
    return workloadsOf(this.objects).filter(({ metadata }) => metadata?.namespace === this.namespace);
  }

  private claims(): readonly string[] {
    return this.workloads().flatMap((it) =>
      'volumeClaimTemplates' in (it.spec ?? {})
        ? Array.from({ length: it.spec?.replicas ?? 1 }, (_, i) => `data-${it.metadata?.name}-${i}`)
        : [],
    );
  }

  private secretsRead(): readonly string[] {
    const pods = this.workloads().map(podOf);
    return [
      ...pods.flatMap(({ volumes = [] }) => volumes.map(({ secret }) => `${secret?.secretName}`)),
      ...pods.flatMap((pod) =>
        containersOf(pod).flatMap(({ env = [] }) => env.map(({ valueFrom }) => `${valueFrom?.secretKeyRef?.name}`)),
      ),
    ];
  }
}
