// Without an exchange: two organisations that call each other directly, and a third one whose addresses are not known yet.
import { App, FederatedLearningCluster, federation } from 'kubefate-tanzu';

const { parties } = federation({
  domain: 'example.com',
  fate: '1.11.2',
  exchange: false,
  parties: [
    {
      id: 30000,
      addresses: { nginx: '192.0.2.72', pulsar: { reserved: '192.0.2.73' } }, // each Pulsar remembers the others' for good
      egress: ['192.0.2.80/28'],
    },
    {
      id: 40000,
      addresses: { nginx: '192.0.2.165', pulsar: { reserved: '192.0.2.164' } },
      egress: ['192.0.2.176/28'],
    },
    { id: 50000 },
  ],
});

const app = new App();
for (const party of parties) new FederatedLearningCluster(app, party.namespace, party);
app.synth();
