import { checkObjectName, readDnsLabel } from '../input/checks';
import type { Problems } from '../input/problems';
import { planAnnotations } from './labels';

/** What an Ingress may be told, whatever it publishes. */
export interface AnyIngressProps {
  /** IngressClass of the cluster's controller. @default 'nginx', the class of this library's `IngressController` */
  readonly ingressClassName?: string;
  /**
   * Namespace of the controller's pods. From no other one the interfaces can be reached, where the cluster's network enforces
   * policies.
   * @default 'ingress-nginx', that of this library's `IngressController`; Tanzu's package of Contour has 'tanzu-system-ingress'
   */
  readonly controllerNamespace?: string;
  /** For the controller, for cert-manager or for external-dns. @default none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** As {@link AnyIngressProps}, checked. */
export interface AnyIngress {
  readonly ingressClassName: string;
  readonly controllerNamespace: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Namespace that ingress-nginx's own manifests use. */
export const ingressNginxNamespace = 'ingress-nginx';

export function planAnyIngress(problems: Problems, props: AnyIngressProps): AnyIngress {
  const { ingressClassName = 'nginx', controllerNamespace = ingressNginxNamespace } = props;
  checkObjectName(problems, 'ingressClassName', ingressClassName, 'nginx');
  const annotations = planAnnotations(problems.at('annotations'), props.annotations);
  if (ownClass in annotations) {
    problems.add(`annotations["${ownClass}"]`, 'is the class in its old form', 'use ingressClassName');
  }
  return {
    ingressClassName,
    controllerNamespace: readDnsLabel(problems, 'controllerNamespace', controllerNamespace, ingressNginxNamespace),
    annotations,
  };
}

/** Annotations by which cert-manager makes the Secrets of an Ingress. @see cert-manager, "Annotated Ingress resource" */
export const issuers = ['cert-manager.io/cluster-issuer', 'cert-manager.io/issuer', 'kubernetes.io/tls-acme'];

/** Whether cert-manager is asked for certificates: for those by ACME it answers, with a pod beside the Ingress, under its host name. */
export const asksCertManager = ({ annotations }: Pick<AnyIngress, 'annotations'>): boolean =>
  issuers.some((key) => key in annotations);

/** Whether a class is called as one of ingress-nginx. Any other may be of a controller that does not read its annotations. */
export const isOfIngressNginx = (ingressClassName: string): boolean => ingressClassName.includes('nginx');

const ownClass = 'kubernetes.io/ingress.class';
