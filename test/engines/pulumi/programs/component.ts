// A program of an organisation's own: a party's component with the resource option `transforms`, beside another one without.
import * as pulumi from '@pulumi/pulumi';
import { partyPlan } from 'kubefate-tanzu';
import { clusterProvider, PartyDeployment } from 'kubefate-tanzu/stacks';

export = async () => {
  const kubeconfig = new pulumi.Config().requireSecret('kubeconfig');
  const provider = clusterProvider('cluster', { kubeconfig, identifier: 'org3' });
  const plan = (id: number) => partyPlan({ domain: 'example.com', id, kubernetes: '1.26' });
  new PartyDeployment('party-10000', { plan: plan(10000) }, { provider, transforms: [withHosts] });
  new PartyDeployment('party-20000', { plan: plan(20000) }, { provider });
};

const hostAliases = [{ ip: '192.0.2.68', hostnames: ['exchange.example.com'] }];

function withHosts({ type, name, props, opts }: pulumi.ResourceTransformArgs) {
  if (type !== 'kubernetes:apps/v1:StatefulSet' || !name.endsWith('/pulsar')) return undefined;
  const { template, ...spec } = props['spec'];
  const pods = { ...template, spec: { ...template.spec, hostAliases } };
  return { props: { ...props, spec: { ...spec, template: pods } }, opts };
}
