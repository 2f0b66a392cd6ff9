// FATE 2.2 at three organisations, and an exchange that stands apart: a third party is one more line.
import { App, Exchange, FederatedLearningCluster, federation } from 'kubefate-tanzu';

const registry = 'harbor.example.com/fate'; // of FATE 2.2 most images for Spark are not published, but built with FATE-Builder

const { exchange, parties } = federation({
  domain: 'example.com',
  fate: '2.2.0',
  exchange: {
    addresses: { trafficServer: { reserved: '192.0.2.68' }, nginx: { reserved: '192.0.2.69' } },
    kubernetes: '1.24',
  },
  parties: [
    {
      id: 30000,
      registry,
      addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' },
      sizing: 'production',
      datasetGiB: 40,
      pulsar: { cluster: true }, // goes on when a node is lost
    },
    {
      id: 40000,
      registry,
      addresses: { nginx: '192.0.2.165', pulsar: '192.0.2.164' },
      sizing: 'neuralNetwork',
      sparkWorkers: 3,
    },
    { id: 50000, registry }, // not deployed yet: it gets its route when its addresses are known
  ],
});

const app = new App();
new Exchange(app, exchange.namespace, exchange);
for (const party of parties) new FederatedLearningCluster(app, party.namespace, party);
app.synth();
