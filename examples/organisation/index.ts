// An organisation's own Pulumi project: party 30000, whose exchange another organisation runs.
import * as pulumi from '@pulumi/pulumi';
import { partyStack } from 'kubefate-tanzu/stacks';

export = async () => {
  const kubeconfig = new pulumi.Config().requireSecret('kubeconfig');
  return partyStack({
    federation: { domain: 'example.com' },
    party: { id: 30000, sizing: 'production', datasetGiB: 40, kubernetes: '1.26' },
    exchange: { file: 'exchange.json', unsigned: true }, // from the organisation that runs it; signed, it needs no such word
    certificates: { file: 'certificates.json' }, // from there, once it has our output certificateRequest
    cluster: { kubeconfig, identifier: 'org1' },
  });
};
