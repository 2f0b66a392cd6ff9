// An organisation's own Pulumi project: party 30000, whose exchange another organisation runs.
import * as pulumi from '@pulumi/pulumi';
import { type PartySecrets, partyStack } from 'kubefate-tanzu/stacks';

export = async () => {
  const config = new pulumi.Config();
  return partyStack({
    federation: { domain: 'example.com' },
    party: { id: 30000, sizing: 'production', datasetGiB: 40, kubernetes: '1.26' },
    exchange: { file: 'exchange.json' }, // from the organisation that runs it
    cluster: { kubeconfig: config.requireSecret('kubeconfig'), identifier: 'org1' },
    secrets: config.requireObject<PartySecrets>('secrets'), // pulumi config set --secret --path secrets.pulsarCertificate.key …
  });
};
