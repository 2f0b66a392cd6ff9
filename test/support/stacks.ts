import { isDeepStrictEqual } from 'node:util';
import { inject } from 'vitest';
import type { ExchangeSecrets, PartySecrets } from '../../stacks/kubernetes/secrets';
import type { AnyObject } from './objects';
import type { RecordedResource, World } from './pulumi-recorder';
import { tlsOutputs } from './tls';

const { party, exchange } = inject('issued');
const { certificate, key, ca } = party;

/** Of party 30000. */
export const partySecrets: PartySecrets = { pulsarCertificate: party };
export const exchangeSecrets: ExchangeSecrets = { trafficServerCertificate: exchange };

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Data of a Secret that somebody else keeps. */
export const storedCertificate = {
  'broker.cert.pem': base64(certificate),
  'broker.key-pk8.pem': base64(key),
  'ca.cert.pem': base64(ca),
};

export const types = {
  exchange: 'kubefate-tanzu:index:ExchangeDeployment',
  party: 'kubefate-tanzu:index:PartyDeployment',
  provider: 'pulumi:providers:kubernetes',
  password: 'random:index/randomPassword:RandomPassword',
  id: 'random:index/randomId:RandomId',
  namespace: 'kubernetes:core/v1:Namespace',
  secret: 'kubernetes:core/v1:Secret',
  configMap: 'kubernetes:core/v1:ConfigMap',
  service: 'kubernetes:core/v1:Service',
  deployment: 'kubernetes:apps/v1:Deployment',
  statefulSet: 'kubernetes:apps/v1:StatefulSet',
  job: 'kubernetes:batch/v1:Job',
  ingress: 'kubernetes:networking.k8s.io/v1:Ingress',
  networkPolicy: 'kubernetes:networking.k8s.io/v1:NetworkPolicy',
  authority: 'kubefate-tanzu:index:CertificateAuthority',
  partyCertificate: 'kubefate-tanzu:index:PartyCertificate',
  key: 'tls:index/privateKey:PrivateKey',
  selfSigned: 'tls:index/selfSignedCert:SelfSignedCert',
  signed: 'tls:index/locallySignedCert:LocallySignedCert',
} as const;

/** What a LoadBalancer's status says. */
export type Ingress = { readonly ip: string } | { readonly hostname: string };

/** A cluster whose LoadBalancers have these addresses, by `<namespace>/<name>`, and that generates these passwords. */
export const clusterWith =
  (loadBalancers: Readonly<Record<string, Ingress>>): NonNullable<World['resource']> =>
  ({ type, name }) => {
    if (type === types.password) return { result: `generated for ${name}` };
    const ingress = loadBalancers[name];
    return type === types.service && ingress ? { status: { loadBalancer: { ingress: [ingress] } } } : undefined;
  };

/** The clusters of the white paper's organisations. */
export const paperCluster = clusterWith({
  'fate-exchange/traffic-server': { ip: '192.0.2.68' },
  'fate-exchange/nginx': { ip: '192.0.2.69' },
  'fate-30000/nginx': { ip: '192.0.2.72' },
  'fate-30000/pulsar-public-tls': { ip: '192.0.2.73' },
  'fate-40000/nginx': { ip: '192.0.2.165' },
  'fate-40000/pulsar-public-tls': { ip: '192.0.2.164' },
  'fate-50000/nginx': { ip: '198.51.100.72' },
  'fate-50000/pulsar-public-tls': { ip: '198.51.100.73' },
});

/** The same, beside a provider of keys and certificates, which makes one anew when its inputs are others, and keeps it else. */
export function certifyingCluster(cluster = paperCluster): NonNullable<World['resource']> {
  const kept = new Map<string, { readonly inputs: object; readonly outputs: ReturnType<typeof tlsOutputs> }>();
  return (resource: RecordedResource) => {
    const { key, type, inputs } = resource;
    if (!type.startsWith('tls:')) return cluster(resource);
    const before = kept.get(key);
    if (before !== undefined && isDeepStrictEqual(before.inputs, inputs)) return before.outputs;
    const outputs = tlsOutputs(type, inputs);
    kept.set(key, { inputs, outputs });
    return outputs;
  };
}

/** An object as it is without Pulumi: annotations that only its provider reads are taken off. */
export function withoutPulumi({ metadata, ...object }: AnyObject): AnyObject {
  const { annotations = {}, ...rest } = metadata;
  const others = Object.entries(annotations).filter(([name]) => !name.startsWith('pulumi.com/'));
  return { ...object, metadata: { ...rest, ...(others.length > 0 && { annotations: Object.fromEntries(others) }) } };
}
