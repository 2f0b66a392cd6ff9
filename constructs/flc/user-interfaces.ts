import { Construct } from 'constructs';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { services } from '../../lib/fate/services';
import { ingressAnnotations, type Ui } from '../../lib/federation/ingress';
import type { PartyPlan } from '../../lib/federation/party';
import { Manifest } from '../app/manifest';

/** Ingresses of the user interfaces that the plan publishes, one each, under the party's own host names. */
export class UserInterfaces extends Construct {
  constructor(scope: Construct, id: string, plan: PartyPlan) {
    super(scope, id);
    for (const [ui, host] of Object.entries(plan.ingress.hosts)) this.ingress(ui as Ui, host, plan);
  }

  private ingress(ui: Ui, host: string, { ingress }: PartyPlan) {
    const { ingressClassName, tlsSecrets } = ingress;
    const secretName = tlsSecrets[ui];
    new Manifest<Ingress>(this, ui, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: ui, annotations: ingressAnnotations(ui, ingress) },
      spec: {
        ingressClassName,
        tls: secretName === undefined ? undefined : [{ hosts: [host], secretName }],
        rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: backends[ui] } }] } }],
      },
    });
  }
}

const backends = {
  notebook: { name: services.notebook.name, port: { number: services.notebook.ports.http } },
  fateboard: { name: services.fateboard.name, port: { number: services.fateboard.ports.http } },
  spark: { name: services.sparkMaster.name, port: { number: services.sparkMaster.ports.ui } },
  pulsar: { name: services.pulsar.name, port: { number: services.pulsar.ports.admin } },
} as const satisfies Record<Ui, unknown>;
