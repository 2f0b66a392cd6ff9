import { isDnsName } from '../input/addresses';
import {
  checkHostName,
  checkKeys,
  checkNames,
  checkObjectName,
  checkOneOf,
  checkUnique,
  type Keys,
  readList,
  readMap,
  shown,
} from '../input/checks';
import type { Problems } from '../input/problems';
import {
  type AnyIngress,
  type AnyIngressProps,
  isOfIngressNginx,
  issuers,
  planAnyIngress,
} from '../kubernetes/ingresses';

/** User interfaces of a party. */
export type Ui = 'notebook' | 'fateboard' | 'spark' | 'pulsar';

const uis = ['notebook', 'fateboard', 'spark', 'pulsar'] as const satisfies readonly Ui[];

/** Whom the controller calls for an interface. */
export const uiBackends = {
  notebook: { service: 'notebook', port: 'http' },
  fateboard: { service: 'fateboard', port: 'http' },
  spark: { service: 'sparkMaster', port: 'ui' },
  pulsar: { service: 'pulsar', port: 'admin' },
} as const satisfies Record<Ui, unknown>;

/** For ingress-nginx: datasets are uploaded through the notebook, and a quiet kernel keeps its connection. */
export const uiAnnotations: Readonly<Partial<Record<Ui, Readonly<Record<string, string>>>>> = {
  notebook: {
    'nginx.ingress.kubernetes.io/proxy-body-size': '0',
    'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600',
    'nginx.ingress.kubernetes.io/proxy-send-timeout': '3600',
  },
};

/** How user interfaces of a party are published. */
export interface IngressProps extends AnyIngressProps {
  /**
   * What to publish. The notebook and FATE Board ask for what is in their Secrets. `spark` and `pulsar` ask for nothing: on Spark's
   * page jobs can be killed, and `pulsar` is no page but Pulsar's whole administration, by which topics and the way to other parties
   * can be deleted. They want {@link basicAuthSecret}.
   * @default ['notebook', 'fateboard']
   */
  readonly uis?: readonly Ui[];
  /**
   * DNS domain of the party's own, for host names that one wildcard certificate covers: `notebook-30000.<domain>`.
   * @default the federation's, below which they are `30000.notebook.<domain>`
   */
  readonly domain?: string;
  /** Host names of single interfaces in the place of those below the domain. @default none */
  readonly hosts?: Readonly<Partial<Record<Ui, string>>>;
  /**
   * Existing Secret of type `kubernetes.io/tls` for all host names, or one for each. cert-manager makes those that its
   * annotations ask for, and needs one for each.
   * @default plain HTTP
   */
  readonly tlsSecret?: string | Readonly<Partial<Record<Ui, string>>>;
  /**
   * Existing Secret with users and passwords of Spark's and Pulsar's interfaces: a file `auth` as `htpasswd` writes it. ingress-nginx
   * asks for them, and no other controller: with a class that has no `nginx` in its name it is refused. `false` for one of those, whose
   * `annotations` see to it, and to let anybody in who reaches the host names.
   * @default required where one of the two is published
   */
  readonly basicAuthSecret?: string | false;
}

/** Published interfaces; each map has no others. */
export interface IngressPlan extends AnyIngress {
  /** Host names of all of them. */
  readonly hosts: Readonly<Partial<Record<Ui, string>>>;
  /** Secrets of those with TLS. */
  readonly tlsSecrets: Readonly<Partial<Record<Ui, string>>>;
  /** Secret with the users of those that know none themselves. */
  readonly basicAuthSecret?: string;
}

/** Those that ask nobody who they are. */
export const unguarded: readonly Ui[] = ['spark', 'pulsar'];

/** Of the Ingress of a published interface: what it works with, who asks for users, and what is declared. */
export const ingressAnnotations = (
  ui: Ui,
  { basicAuthSecret, annotations }: Pick<IngressPlan, 'basicAuthSecret' | 'annotations'>,
): Readonly<Record<string, string>> => ({
  ...uiAnnotations[ui],
  ...(basicAuthSecret !== undefined && unguarded.includes(ui) && basicAuth(basicAuthSecret)),
  ...annotations,
});

/** @see ingress-nginx, "Annotations" */
export const basicAuth = (secret: string) => ({
  'nginx.ingress.kubernetes.io/auth-type': 'basic',
  'nginx.ingress.kubernetes.io/auth-secret': secret,
});

export function planIngress(
  problems: Problems,
  declared: IngressProps | undefined,
  id: number,
  federationDomain: string,
): IngressPlan {
  const props = readMap(problems, '', declared);
  checkKeys(problems, props, ingressKeys);
  if (props.domain !== undefined) checkHostName(problems, 'domain', props.domain, 'fate.example.com');
  const declaredUis = readList<Ui>(problems, 'uis', props.uis, ['notebook', 'fateboard']);
  declaredUis.forEach((ui, i) => checkOneOf(problems, `uis[${i}]`, ui, uis));
  const published = declaredUis.filter((ui) => uis.includes(ui));
  const domain = typeof props.domain === 'string' && isDnsName(props.domain) ? props.domain : undefined;
  const own = readPublished(problems, 'hosts', props.hosts, published);
  const hostOf = (ui: Ui) => (domain === undefined ? `${id}.${ui}.${federationDomain}` : `${ui}-${id}.${domain}`);
  const hosts = Object.fromEntries(published.map((ui) => [ui, own[ui] ?? hostOf(ui)]));
  const tlsSecrets =
    typeof props.tlsSecret === 'string'
      ? Object.fromEntries(published.map((ui) => [ui, props.tlsSecret as string]))
      : readPublished(problems, 'tlsSecret', props.tlsSecret, published);
  const plan: IngressPlan = {
    ...planAnyIngress(problems, props),
    hosts,
    tlsSecrets,
    basicAuthSecret: props.basicAuthSecret === false ? undefined : props.basicAuthSecret,
  };
  checkHosts(problems, plan, own);
  checkBasicAuth(problems, published, props.basicAuthSecret, plan);
  checkTls(problems, plan, props.tlsSecret);
  return plan;
}

const ingressKeys: Keys<IngressProps> = {
  ingressClassName: true,
  controllerNamespace: true,
  uis: true,
  domain: true,
  hosts: true,
  annotations: true,
  tlsSecret: true,
  basicAuthSecret: true,
};

/** A map by interface; one of an interface that is not published is reported. */
function readPublished(
  problems: Problems,
  path: string,
  declared: Readonly<Partial<Record<Ui, string>>> | undefined,
  published: readonly Ui[],
): Readonly<Partial<Record<Ui, string>>> {
  const map = readMap(problems, path, declared) as Readonly<Partial<Record<Ui, string>>>;
  const known = uis.filter((ui) => ui in map);
  checkNames(problems.at(path), map, uis);
  for (const ui of known.filter((ui) => !published.includes(ui))) {
    problems.add(`${path}.${ui}`, 'is of an interface that is not published', 'name it in `uis`, too');
  }
  return Object.fromEntries(known.map((ui) => [ui, map[ui]]));
}

function checkHosts(problems: Problems, { hosts }: IngressPlan, own: Readonly<Partial<Record<Ui, string>>>): void {
  const named = Object.entries(own).map(([ui, value]) => ({ path: `hosts.${ui}`, value }));
  for (const { path, value } of named) checkHostName(problems, path, value, 'notebook.example.com');
  const others = Object.entries(hosts).filter(([ui]) => !(ui in own));
  const [long] = others.flatMap(([, value]) => (isDnsName(value) ? [] : [value]));
  if (long !== undefined) problems.add('domain', `makes ${shown(long)} no host name`, 'use a shorter one, or hosts');
  const all = [...others.map(([ui, value]) => ({ path: `the name of ${ui}`, value })), ...named];
  checkUnique(problems, all, 'every interface needs its own host name');
}

function checkTls(
  problems: Problems,
  { tlsSecrets, annotations }: IngressPlan,
  declared: IngressProps['tlsSecret'],
): void {
  if (typeof declared === 'string') checkObjectName(problems, 'tlsSecret', declared, 'fate-tls');
  else {
    for (const [ui, name] of Object.entries(tlsSecrets))
      checkObjectName(problems, `tlsSecret.${ui}`, name, `${ui}-tls`);
  }
  const issuer = issuers.find((key) => key in annotations);
  const names = Object.values(tlsSecrets);
  if (issuer !== undefined && new Set(names).size < names.length) {
    problems.add(
      'tlsSecret',
      `is one for several names, and cert-manager makes one for each Ingress with ${issuer}`,
      `use { ${Object.keys(tlsSecrets)
        .map((ui) => `${ui}: "${ui}-tls"`)
        .join(', ')} }`,
    );
  }
}

function checkBasicAuth(
  problems: Problems,
  published: readonly Ui[],
  declared: IngressProps['basicAuthSecret'],
  { ingressClassName }: IngressPlan,
): void {
  const open = unguarded.filter((ui) => published.includes(ui));
  if (open.length === 0 && declared !== undefined) {
    problems.add(
      'basicAuthSecret',
      'is for spark and pulsar, which are not published',
      'name one in `uis`, or leave it out',
    );
  } else if (open.length > 0 && declared === undefined) {
    problems.add(
      'basicAuthSecret',
      `is missing, and ${open.join(' and ')} would let anybody in`,
      'name a Secret with a file `auth` of htpasswd, or false where something else asks for passwords',
    );
  }
  if (declared === undefined || declared === false) return;
  checkObjectName(problems, 'basicAuthSecret', declared, 'fate-users');
  if (open.length > 0 && typeof ingressClassName === 'string' && !isOfIngressNginx(ingressClassName)) {
    problems.add(
      'basicAuthSecret',
      `is read by ingress-nginx alone, and another controller, as class ${shown(ingressClassName)} may be of, would let anybody in`,
      `use false, and annotations by which that one asks; of ingress-nginx itself ${Object.keys(basicAuth('')).join(' and ')}`,
    );
  }
}
