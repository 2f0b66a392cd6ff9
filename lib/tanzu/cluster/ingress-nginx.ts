import { ingressNginxNamespace } from '../../kubernetes/ingresses';
import { kubernetesMinor } from '../../kubernetes/releases';

/** Names that ingress-nginx's own manifests use, and its documentation with them. */
export const ingressNginx = { namespace: ingressNginxNamespace, controller: 'ingress-nginx-controller' } as const;

/**
 * Images by the first minor version of Kubernetes to run each, newest first; from ingress-nginx's "Supported Versions table"
 * and the changelog of each release.
 */
const imagesSince = [
  [31, 'v1.15.1@sha256:594ceea76b01c592858f803f9ff4d2cb40542cae2060410b2c95f75907d659e1'],
  [29, 'v1.13.9@sha256:d803625b20d471400fdae9dce0fdd076c0361f8f7e1ecee0dcd2f84fa0d196f8'],
  [26, 'v1.11.8@sha256:695d79381ee6af00c7f5c9fd434f50851d7d32838ad5b2c507e416cf2084fc79'],
  [25, 'v1.9.6@sha256:1405cc613bd95b2c6edd8b2a152510ae91c7e62aea4698500d23b2145960ab9c'],
  [21, 'v1.3.1@sha256:54f7fe2c6c5a9db9a0ebf1131797109bb7a4d91f56b9b362bde2abd237dd1974'],
] as const;

/** First minor version of Kubernetes with `policy/v1`, which the disruption budget needs. */
export const ingressNginxSince = 21;

export function ingressNginxImage(kubernetes: string): string {
  const minor = kubernetesMinor(kubernetes) ?? 0;
  const [, image] = imagesSince.find(([since]) => minor >= since) ?? imagesSince[4];
  return `registry.k8s.io/ingress-nginx/controller:${image}`;
}
