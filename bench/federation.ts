import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Exchange, FederatedLearningCluster, federation, type KubernetesObject, Manifest } from 'kubefate-tanzu';

/** A federation as a program draws it: the exchange, and so many parties with addresses. */
export function drawFederation(app: Construct, parties: number): void {
  const plan = federation({
    domain: 'example.com',
    exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
    parties: Array.from({ length: parties }, (_, index) => ({
      id: 30000 + index,
      addresses: { nginx: `10.1.${index >> 8}.${index & 255}`, pulsar: `10.2.${index >> 8}.${index & 255}` },
      storageClass: 'vsan-default-storage-policy',
    })),
  });
  new Exchange(app, plan.exchange.namespace, plan.exchange);
  for (const party of plan.parties) new FederatedLearningCluster(app, party.namespace, party);
}

/** A chart that was drawn before, as what it wrote. */
export interface Drawn {
  readonly id: string;
  readonly objects: readonly (KubernetesObject & { apiVersion: string; kind: string; metadata: { name: string } })[];
}

/** The same objects once more, without planning them and without writing their configuration files. */
export class Redrawn extends Chart {
  constructor(scope: Construct, id: string, { objects }: Drawn) {
    super(scope, id);
    objects.forEach((object, index) => new Manifest(this, `${index}`, object));
  }
}
