// Five parties on clusters of two generations: one computes on a Spark and an HDFS of others; a Pulsar that goes on when a node is lost, departments 30000 and 30001 in one cluster, a member on KubeFATE.
import { App, Exchange, FederatedLearningCluster, federation } from 'kubefate-tanzu';

const older = '1.22'; // admits pods by PodSecurityPolicies
const newer = '1.29'; // by the labels of a namespace

const { exchange, parties } = federation({
  domain: 'example.com',
  fate: '1.11.2',
  transport: 'open', // what KubeFATE's charts can
  exchange: { kubernetes: newer, addresses: { trafficServer: { reserved: '192.0.2.68' }, nginx: '192.0.2.69' } },
  parties: [
    {
      id: 10000,
      kubernetes: older,
      addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' },
      spark: {
        external: {
          masters: [{ host: 'spark-1.example.com' }, { host: 'spark-2.example.com' }],
          workers: { count: 4, cores: 16, memoryGiB: 64 },
          network: { ranges: ['198.51.100.0/25'], driver: { address: { reserved: '192.0.2.74' } } },
        },
      },
      hdfs: {
        external: {
          nameservice: { name: 'analytics', namenodes: [{ host: 'nn-1.example.com' }, { host: 'nn-2.example.com' }] },
          datanodes: { ranges: ['198.51.100.0/25'] },
        },
      },
    },
    {
      id: 20000,
      kubernetes: newer,
      addresses: { nginx: '192.0.2.88', pulsar: '192.0.2.89' },
      sizing: 'production',
      datasetGiB: 40,
      pulsar: { cluster: true },
    },
    { id: 30000, kubernetes: newer, addresses: { nginx: '192.0.2.104', pulsar: '192.0.2.105' } },
    { id: 30001, kubernetes: newer, addresses: { nginx: '192.0.2.106', pulsar: '192.0.2.107' }, sizing: 'reference' },
    { id: 40000, kubernetes: older, driver: 'kubefate', addresses: { nginx: '192.0.2.120', pulsar: '192.0.2.121' } },
  ],
});

const app = new App();
new Exchange(app, exchange.namespace, exchange);
for (const party of parties) new FederatedLearningCluster(app, party.namespace, party);
app.synth();
