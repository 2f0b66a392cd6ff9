// For those who drive KubeFATE: its service, a cluster.yaml for each party, and the exchange's in two stages.
import {
  App,
  cliConfig,
  clusterFile,
  clusterYaml,
  Exchange,
  exchangeFile,
  FederatedLearningCluster,
  federation,
  KubeFateService,
  kubeFatePlan,
  limitText,
  TextFile,
} from 'kubefate-tanzu';

const asInThePaper = { driver: 'kubefate', sizing: 'reference', storageClass: 'vsan-default-storage-policy' } as const;

const { exchange, parties } = federation({
  domain: 'example.com',
  transport: 'open',
  exchange: { driver: 'kubefate', addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
  parties: [
    { id: 30000, addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' }, ...asInThePaper },
    { id: 40000, addresses: { nginx: '192.0.2.165', pulsar: '192.0.2.164' }, ...asInThePaper },
  ],
});
const service = kubeFatePlan({
  host: 'kubefate.example.com',
  parties: parties.map(({ namespace }) => namespace),
  exchange: exchange.namespace,
});
const withoutRoutes = exchangeFile({ ...exchange, parties: [] });

const app = new App();
for (const party of parties) new FederatedLearningCluster(app, party.namespace, party);
new TextFile(app, 'first-stage', { path: 'fate-exchange.first.cluster.yaml', content: clusterYaml(withoutRoutes) });
new Exchange(app, exchange.namespace, exchange);
new KubeFateService(app, service.namespace, service);
new TextFile(app, 'cli-config', { path: 'config.yaml', content: cliConfig(service) });
app.synth();

for (const { values, limits } of [...parties.map(clusterFile), withoutRoutes, exchangeFile(exchange)]) {
  console.log(`${values['name']}, which the chart cannot express:`);
  for (const limit of limits) console.log(`  ${limitText(limit)}`);
}
