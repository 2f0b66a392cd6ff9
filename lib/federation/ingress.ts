import { checkKeys, checkObjectName, checkOneOf, readList, readMap } from '../input/checks';
import type { Problems } from '../input/problems';

/** User interfaces of a party. */
export type Ui = 'notebook' | 'fateboard' | 'spark' | 'pulsar';

const uis = ['notebook', 'fateboard', 'spark', 'pulsar'] as const satisfies readonly Ui[];

/** For ingress-nginx: datasets are uploaded through the notebook, and a quiet kernel keeps its connection. */
export const uiAnnotations: Readonly<Partial<Record<Ui, Readonly<Record<string, string>>>>> = {
  notebook: {
    'nginx.ingress.kubernetes.io/proxy-body-size': '0',
    'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600',
    'nginx.ingress.kubernetes.io/proxy-send-timeout': '3600',
  },
};

export interface IngressProps {
  /** IngressClass of the cluster's controller. @default 'nginx', the class of this library's `IngressController` */
  readonly className?: string;
  /**
   * What to publish. Spark's and Pulsar's interfaces know no password: whoever resolves the host name may administer them.
   * @default ['notebook', 'fateboard']
   */
  readonly uis?: readonly Ui[];
  /** Existing Secret of type `kubernetes.io/tls` for all host names. @default plain HTTP */
  readonly tlsSecret?: string;
}

export interface IngressPlan {
  readonly className: string;
  readonly tlsSecret?: string;
  /** Published interfaces and their host names: `30000.notebook.example.com`. */
  readonly hosts: Readonly<Partial<Record<Ui, string>>>;
}

export function planIngress(
  problems: Problems,
  declared: IngressProps | undefined,
  id: number,
  domain: string,
): IngressPlan {
  const props = readMap(problems, '', declared);
  const { className = 'nginx', tlsSecret } = props;
  const published = readList<Ui>(problems, 'uis', props.uis, ['notebook', 'fateboard']);
  checkKeys(problems, props, ['className', 'uis', 'tlsSecret']);
  checkObjectName(problems, 'className', className, 'nginx');
  if (tlsSecret !== undefined) checkObjectName(problems, 'tlsSecret', tlsSecret, 'fate-tls');
  published.forEach((ui, i) => checkOneOf(problems, `uis[${i}]`, ui, uis));
  const hosts = Object.fromEntries(published.map((ui) => [ui, `${id}.${ui}.${domain}`]));
  return { className, ...(tlsSecret !== undefined && { tlsSecret }), hosts };
}
