// A platform team's own chart beside an FLC: their objects from cdk8s-plus-27, one of them in our chart, and a patch.
import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { ConfigMap, Deployment } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { App, type core, FederatedLearningCluster, Manifest, partyPlan } from 'kubefate-tanzu';

class Portal extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'portal', disableResourceNameHashes: true });
    // cdk8s would put the chart's namespace on the Namespace itself; a Manifest does not.
    new Manifest<core.Namespace>(this, 'namespace', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'portal' },
    });
    const web = new Deployment(this, 'web', {
      containers: [{ image: 'harbor.example.com/portal:1.0', portNumber: 8080 }],
    });
    web.exposeViaService();
  }
}

const plan = partyPlan({ domain: 'example.com', id: 30000, registry: 'harbor.example.com/fate' });

const app = new App();
const portal = new Portal(app, 'portal');
const flc = new FederatedLearningCluster(app, plan.namespace, plan);
new ConfigMap(flc, 'data-contract', { metadata: { name: 'data-contract' }, data: { 'columns.csv': 'id,y,amount\n' } });
const nginx = flc.node
  .findAll()
  .find((it) => ApiObject.isApiObject(it) && it.kind === 'Service' && it.name === 'nginx');
ApiObject.of(nginx ?? flc).addJsonPatch(JsonPatch.add('/metadata/annotations', { 'example.com/owner': 'platform' }));
portal.addDependency(flc);
app.synth();
