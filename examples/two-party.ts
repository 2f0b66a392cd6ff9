// The federation of the white paper: organisations 30000 and 40000, and the exchange between them.
import {
  App,
  Exchange,
  FederatedLearningCluster,
  federation,
  ImageDiskMount,
  IngressController,
  imageDiskMountPlan,
  ingressControllerPlan,
} from 'kubefate-tanzu';

/** Of the clusters, as `kubectl version` shows it: up to 1.24 Tanzu admits pods in another way. */
const kubernetes = '1.25';
const asInThePaper = { kubernetes, sizing: 'reference', storageClass: 'vsan-default-storage-policy' } as const;

const { exchange, parties } = federation({
  domain: 'example.com',
  exchange: { kubernetes, addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
  parties: [
    { id: 30000, addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' }, ...asInThePaper },
    { id: 40000, addresses: { nginx: '192.0.2.165', pulsar: '192.0.2.164' }, ...asInThePaper },
  ],
});

const app = new App();
// Once per Tanzu Kubernetes cluster.
new ImageDiskMount(app, 'image-disk-mount', imageDiskMountPlan({ kubernetes }));
new IngressController(app, 'ingress-nginx', ingressControllerPlan({ kubernetes }));
new Exchange(app, exchange.namespace, exchange);
for (const party of parties) new FederatedLearningCluster(app, party.namespace, party);
app.synth();
