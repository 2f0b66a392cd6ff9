import type { SecretName } from '../fate/secrets';
import type { ExchangePlan } from './exchange';
import type { PartyPlan } from './party';

/** The Secrets that the pods of one namespace read. */
export interface SecretNeeds {
  readonly namespace: string;
  readonly names: readonly SecretName[];
  /** Docker configurations, which pull images. */
  readonly imagePullSecrets: readonly string[];
}

/** @param joined that there is an exchange, though its descriptor is not known yet */
export const partySecretNeeds = (
  { namespace, driver, exchange, imagePullSecrets }: PartyPlan,
  joined = exchange !== undefined,
): SecretNeeds => ({
  namespace,
  names: [
    ...(driver === 'native' ? (['mysql', 'fateboard', 'notebook'] as const) : []), // KubeFATE's chart has passwords of its own
    ...(joined ? (['pulsarCertificate'] as const) : []),
  ],
  imagePullSecrets,
});

export const exchangeSecretNeeds = ({ namespace, imagePullSecrets }: ExchangePlan): SecretNeeds => ({
  namespace,
  names: ['trafficServerCertificate'],
  imagePullSecrets,
});
