import type { SecretName } from '../fate/secrets';
import type { ExchangePlan } from './exchange';
import { isJoined } from './neighbours';
import type { PartyPlan } from './party';
import { hasCertificate } from './pulsar';

/** The Secrets that the pods of one namespace read. */
export interface SecretNeeds {
  readonly namespace: string;
  readonly names: readonly SecretName[];
  /** What cert-manager makes another Secret in the place of. */
  readonly issued: readonly SecretName[];
  /** Of users whom an ingress controller asks for. @default none */
  readonly basicAuth?: string;
  /** Docker configurations, which pull images. */
  readonly imagePullSecrets: readonly string[];
}

/** @param joined that it is to meet others, though no descriptor is known yet */
export function partySecretNeeds(plan: PartyPlan, joined = isJoined(plan)): SecretNeeds {
  const { namespace, driver, certManager, mysql, backup, ingress, imagePullSecrets } = plan;
  const certificates = hasCertificate(plan, joined) ? (['pulsarCertificate'] as const) : [];
  return {
    namespace,
    names: [
      ...(driver === 'native' ? ([mysql.secret, 'fateboard', 'notebook'] as const) : []), // KubeFATE's chart has passwords of its own
      ...(certManager ? [] : certificates),
      ...(backup && 'bucket' in backup.to ? (['backupBucket'] as const) : []),
    ],
    issued: certManager ? certificates : [],
    basicAuth: ingress.basicAuthSecret,
    imagePullSecrets,
  };
}

export const exchangeSecretNeeds = ({ namespace, certManager, imagePullSecrets }: ExchangePlan): SecretNeeds => ({
  namespace,
  names: certManager ? [] : ['trafficServerCertificate'],
  issued: certManager ? ['trafficServerCertificate'] : [],
  imagePullSecrets,
});
