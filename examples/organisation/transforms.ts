// What no option says: a transform changes an object of a stack function before it is made, here the hosts that Pulsar knows.
import * as pulumi from '@pulumi/pulumi';
import { partyStack } from 'kubefate-tanzu/stacks';

export = async () => {
  pulumi.runtime.registerResourceTransform(withHosts); // before anything is made; it is asked for every resource
  const kubeconfig = new pulumi.Config().requireSecret('kubeconfig');
  return partyStack({
    federation: { domain: 'example.com' },
    party: { id: 10000, kubernetes: '1.26' },
    cluster: { kubeconfig, identifier: 'org3' },
  });
};

/** The exchange's name is not in this organisation's DNS. */
const hostAliases = [{ ip: '192.0.2.68', hostnames: ['exchange.example.com'] }];

function withHosts({ type, name, props, opts }: pulumi.ResourceTransformArgs) {
  if (type !== 'kubernetes:apps/v1:StatefulSet' || name !== 'fate-10000/pulsar') return undefined;
  const { template, ...spec } = props['spec'];
  const pods = { ...template, spec: { ...template.spec, hostAliases } };
  return { props: { ...props, spec: { ...spec, template: pods } }, opts };
}
