import { isDnsName } from '../../input/addresses';
import { checkKeys, isPort, type Keys, readEntries, readList, readMap, readOneOf, shown } from '../../input/checks';
import { type Cidr, overlaps, readNetwork, unreadable } from '../../input/cidr';
import type { Problems } from '../../input/problems';
import type { ClusterRangesProps } from '../cluster-ranges';

/** Networks inside the cluster, and its ways out. Pod and service networks are fixed once the cluster exists. */
export interface ClusterNetworkProps extends ClusterRangesProps {
  /**
   * Network plugin; fixed once the cluster exists. Both enforce the network policies that are drawn here. A `Cluster` with
   * Calico has objects beside it that say so, or from Kubernetes 1.35 on a variable of classes from `builtin-generic-v3.6.0` on.
   * @default 'antrea'
   */
  readonly cni?: Cni;
  /** DNS domain of Services. @default 'cluster.local' */
  readonly serviceDomain?: string;
  /**
   * Networks of the Supervisor, and whatever else pods must reach: no network of the cluster may have an address of them.
   * For the check only.
   * @default none: the cluster's networks are checked against one another
   */
  readonly outsideCidrs?: readonly string[];
  /** HTTP proxy of the nodes, for registries and whatever else is outside. @default none in the cluster object */
  readonly proxy?: ProxyProps;
}

/** Network plugin of a cluster. */
export type Cni = 'antrea' | 'calico';

/** HTTP proxy of the nodes. */
export interface ProxyProps {
  /** `http://host:port` without user and password: they would be readable in the cluster object. */
  readonly httpProxy: string;
  /** The proxy for `https://` addresses; itself mostly `http://host:port`. */
  readonly httpsProxy: string;
  /** Names, domains, addresses and networks that are reached without it. */
  readonly noProxy: readonly string[];
}

/** Networks of a planned cluster. */
export interface ClusterNetwork {
  readonly cni: Cni;
  readonly podCidrs: readonly string[];
  readonly serviceCidrs: readonly string[];
  readonly serviceDomain: string;
  readonly proxy?: ProxyProps;
}

const networkKeys: Keys<ClusterNetworkProps> = {
  cni: true,
  podCidrs: true,
  serviceCidrs: true,
  serviceDomain: true,
  outsideCidrs: true,
  proxy: true,
};

/** @param nodes of the cluster at its largest */
export function planNetwork(
  problems: Problems,
  declared: ClusterNetworkProps | undefined,
  nodes: number,
): ClusterNetwork {
  const props = readMap(problems, '', declared);
  checkKeys(problems, props, networkKeys);
  const { serviceDomain = 'cluster.local', proxy } = props;
  const pods = readCidrs(problems, 'podCidrs', props.podCidrs, ['192.168.0.0/16']);
  const services = readCidrs(problems, 'serviceCidrs', props.serviceCidrs, ['10.96.0.0/12']);
  const outside = readCidrs(problems, 'outsideCidrs', props.outsideCidrs, []);
  for (const [key, cidrs] of Object.entries({ podCidrs: pods, serviceCidrs: services })) {
    if (cidrs.length === 0) problems.add(key, 'is empty', 'use one network or more, or leave it out');
  }
  checkOverlaps(problems, outside, [...pods, ...services]);
  checkNodeBlocks(problems, pods, nodes);
  if (typeof serviceDomain !== 'string' || !isDnsName(serviceDomain)) {
    problems.add('serviceDomain', `${shown(serviceDomain)} is no DNS name`, 'use one such as "cluster.local"');
  }
  return {
    cni: readOneOf(problems, 'cni', props.cni, ['antrea', 'calico'], 'antrea'),
    podCidrs: pods.map(({ text }) => text),
    serviceCidrs: services.map(({ text }) => text),
    serviceDomain,
    proxy: proxy === undefined ? undefined : planProxy(problems.at('proxy'), proxy),
  };
}

interface DeclaredCidr {
  readonly path: string;
  readonly text: string;
  readonly cidr: Cidr;
}

const readCidrs = (
  problems: Problems,
  key: string,
  declared: readonly string[] | undefined,
  fallback: readonly string[],
): readonly DeclaredCidr[] =>
  readList(problems, key, declared, fallback).map((text, i) => {
    const path = `${key}[${i}]`;
    return { path, text, cidr: readNetwork(problems, path, text) };
  });

/** Networks outside of the cluster may be part of one another. */
function checkOverlaps(problems: Problems, outside: readonly DeclaredCidr[], inside: readonly DeclaredCidr[]): void {
  for (const { network, first } of overlaps(inside.filter(isReadable), outside.filter(isReadable))) {
    const what = `${shown(network.text)} overlaps ${first.path}, ${shown(first.text)}`;
    problems.add(network.path, what, 'give each network addresses of its own');
  }
}

const isReadable = ({ cidr }: DeclaredCidr): boolean => cidr !== unreadable;

/** Of the part of the pod network that each node takes. */
const nodeBlockPrefix = 24;

function checkNodeBlocks(problems: Problems, pods: readonly DeclaredCidr[], nodes: number): void {
  if (pods.some(({ cidr }) => cidr === unreadable)) return;
  const blocks = pods.reduce((sum, { cidr }) => sum + Math.floor(2 ** (nodeBlockPrefix - cidr.prefix)), 0);
  const needed = nodes + 1; // an update adds a node before it takes one away
  if (blocks < needed && pods.length > 0) {
    problems.add(
      'podCidrs',
      `room for ${blocks} nodes is too little: each takes a /${nodeBlockPrefix}, and an update one more than ${nodes}`,
      `use a /${nodeBlockPrefix - Math.ceil(Math.log2(needed))} or larger`,
    );
  }
}

function planProxy(problems: Problems, declared: ProxyProps): ProxyProps {
  const proxy = readMap(problems, '', declared) as ProxyProps;
  checkKeys<ProxyProps>(problems, proxy, { httpProxy: true, httpsProxy: true, noProxy: true });
  for (const key of ['httpProxy', 'httpsProxy'] as const) checkProxyUrl(problems, key, proxy[key]);
  if (proxy.noProxy === undefined) problems.add('noProxy', 'is missing', `use ${noProxyExample}`);
  for (const { path, value } of readEntries<unknown>(problems, 'noProxy', proxy.noProxy)) {
    if (typeof value === 'string' && /^[\w.*:/[\]-]{1,253}$/.test(value)) continue;
    problems.add(path, `${shown(value)} is no name, address or network`, `use one such as in ${noProxyExample}`);
  }
  const { httpProxy, httpsProxy, noProxy } = proxy;
  return { httpProxy, httpsProxy, noProxy };
}

const noProxyExample = '["localhost", ".example.com", "192.0.2.0/24"]';

function checkProxyUrl(problems: Problems, key: string, url: unknown): void {
  const example = 'use one such as "http://proxy.example.com:3128"';
  if (typeof url === 'string' && url.includes('@')) {
    // Its text holds a password and stays out of the message.
    problems.add(key, 'has a user', `everyone who sees the cluster object would see it; ${example}`);
  } else if (!isProxyUrl(url)) problems.add(key, `${shown(url)} is no URL of a proxy`, example);
}

/** Without a path; its host in any case. */
function isProxyUrl(url: unknown): boolean {
  const [found, port = '80'] =
    typeof url === 'string' ? (/^https?:\/\/[-A-Za-z0-9.]+(?::(\d{1,5}))?\/?$/.exec(url) ?? []) : [];
  return found !== undefined && isPort(Number(port));
}
