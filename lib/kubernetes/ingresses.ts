import { checkObjectName } from '../input/checks';
import type { Problems } from '../input/problems';
import { planAnnotations } from './labels';

/** What an Ingress may be told, whatever it publishes. */
export interface AnyIngressProps {
  /** IngressClass of the cluster's controller. @default 'nginx', the class of this library's `IngressController` */
  readonly ingressClassName?: string;
  /** For the controller, for cert-manager or for external-dns. @default none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** As {@link AnyIngressProps}, checked. */
export interface AnyIngress {
  readonly ingressClassName: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export function planAnyIngress(problems: Problems, props: AnyIngressProps): AnyIngress {
  const { ingressClassName = 'nginx' } = props;
  checkObjectName(problems, 'ingressClassName', ingressClassName, 'nginx');
  const annotations = planAnnotations(problems.at('annotations'), props.annotations);
  if (ownClass in annotations) {
    problems.add(`annotations["${ownClass}"]`, 'is the class in its old form', 'use ingressClassName');
  }
  return { ingressClassName, annotations };
}

const ownClass = 'kubernetes.io/ingress.class';
