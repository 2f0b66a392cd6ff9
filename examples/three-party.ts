// Three organisations and an exchange that stands apart: a third party is one more line.
import { App, Exchange, FederatedLearningCluster, federation } from 'kubefate-tanzu';

const { exchange, parties } = federation({
  domain: 'example.com',
  exchange: {
    addresses: { trafficServer: { reserved: '192.0.2.68' }, nginx: { reserved: '192.0.2.69' } },
    kubernetes: '1.24',
  },
  parties: [
    { id: 30000, addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' }, sizing: 'production', datasetGiB: 40 },
    { id: 40000, addresses: { nginx: '192.0.2.165', pulsar: '192.0.2.164' }, sizing: 'neuralNetwork', sparkWorkers: 3 },
    { id: 50000 }, // not deployed yet: it gets its route when its addresses are known
  ],
});

const app = new App();
new Exchange(app, exchange.namespace, exchange);
for (const party of parties) new FederatedLearningCluster(app, party.namespace, party);
app.synth();
