import { randomInt } from 'node:crypto';
import { App, Exchange, FederatedLearningCluster, type KubernetesObject } from '../../constructs';
import { givenSecrets, isGiven, type SecretName, secrets } from '../../lib/fate/secrets';
import { certificateName, type Member } from '../../lib/federation/certificates';
import type { DeclaredPlans } from '../../lib/federation/declaration';
import { exchangeSecretNeeds, partySecretNeeds, type SecretNeeds } from '../../lib/federation/secret-needs';
import { memberValues } from '../pki/member-material';
import { type SecretManifest, secretManifest } from '../pki/secret-manifest';

export interface MissingSecretsOptions {
  /** `<namespace>/<name>`, however they came to be. */
  readonly existing: ReadonlySet<string>;
  /** Folder of the members' certificates. */
  readonly certificates: string;
  readonly now: Date;
}

export interface MissingSecrets {
  /** Namespaces as the manifests have them, then Secrets: what one `kubectl apply` can take. */
  readonly objects: readonly KubernetesObject[];
  /** What is missing and cannot be made, for people. */
  readonly faults: readonly string[];
  /** Secrets that somebody else makes, and what they are. */
  readonly others: readonly (readonly [secret: string, what: string])[];
}

/** Every Secret that pods of a declaration read and that does not exist. */
export function missingSecrets({ exchange, parties }: DeclaredPlans, options: MissingSecretsOptions): MissingSecrets {
  const members = [
    ...(exchange ? [{ member: 'exchange' as const, plan: exchange, needs: exchangeSecretNeeds(exchange) }] : []),
    ...parties.map((plan) => ({ member: plan.id, plan, needs: partySecretNeeds(plan) })),
  ];
  const made = members.map(({ member, plan, needs }) => ({ plan, ...missingOf(member, plan.domain, needs, options) }));
  const served = made.filter(({ objects }) => objects.length > 0).map(({ plan }) => plan.namespace);
  return {
    objects: [
      ...namespaces({ exchange, parties }).filter(({ metadata }) => served.includes(`${metadata?.name}`)),
      ...made.flatMap(({ objects }) => objects),
    ],
    faults: made.flatMap(({ faults }) => faults),
    others: members.flatMap(({ needs }) => othersOf(needs)).filter(([secret]) => !options.existing.has(secret)),
  };
}

/** What gives access to something that is not of this federation. */
const othersOf = ({ namespace, names, basicAuth, imagePullSecrets }: SecretNeeds): MissingSecrets['others'] => [
  ...imagePullSecrets.map((name) => [`${namespace}/${name}`, 'a login to a registry'] as const),
  ...(basicAuth === undefined
    ? []
    : [[`${namespace}/${basicAuth}`, 'users of Spark and Pulsar, a file `auth` as htpasswd writes it'] as const]),
  ...names
    .filter(isGiven)
    .map((name) => [`${namespace}/${secrets[name].name}`, `${givenSecrets[name]}, ${keysText(name)}`] as const),
];

const keysText = (name: SecretName): string => Object.values(secrets[name].keys).join(' and ');

function missingOf(
  member: Member,
  domain: string,
  { namespace, names }: SecretNeeds,
  { existing, certificates, now }: MissingSecretsOptions,
): { readonly objects: readonly SecretManifest[]; readonly faults: readonly string[] } {
  const objects: SecretManifest[] = [];
  const faults: string[] = [];
  const missing = names.filter((each) => !existing.has(`${namespace}/${secrets[each].name}`));
  for (const name of missing.filter((each) => !isGiven(each))) {
    const values = isCertificate(name) ? memberValues(certificates, member, domain, now) : undefined;
    if (values === undefined) objects.push(generatedSecret(namespace, name));
    else if ('faults' in values)
      faults.push(...values.faults.map(({ what, remedy }) => `${certificateName(member, domain)} ${what}; ${remedy}`));
    else objects.push(secretManifest(namespace, name, values));
  }
  return { objects, faults };
}

const isCertificate = (name: SecretName): boolean =>
  name === 'pulsarCertificate' || name === 'trafficServerCertificate';

/** Namespaces of members, exactly as they are drawn. */
function namespaces({ exchange, parties }: DeclaredPlans): readonly KubernetesObject[] {
  const app = new App();
  if (exchange) new Exchange(app, exchange.namespace, exchange);
  for (const plan of parties) new FederatedLearningCluster(app, plan.namespace, plan);
  const objects = app.charts.flatMap((chart) => chart.toJson() as KubernetesObject[]);
  return objects.filter(({ kind }) => kind === 'Namespace');
}

/**
 * A Secret of random values. It is immutable: a second run makes others, and MySQL's volume would not know them; who wants
 * others deletes the Secret.
 */
export function generatedSecret(namespace: string, secret: SecretName): SecretManifest {
  const values = Object.keys(secrets[secret].keys).map((key) => [key, userNames[key] ?? password()]);
  return { ...secretManifest(namespace, secret, Object.fromEntries(values)), immutable: true };
}

/** Of KubeFATE's service, which are no secrets. */
const userNames: Readonly<Record<string, string>> = { username: 'admin', databaseUsername: 'kubefate' };

/** 190 bits, in characters that every program here reads as they are. */
const password = (): string => Array.from({ length: 32 }, () => alphabet[randomInt(alphabet.length)]).join('');

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Those of KubeFATE's service, in its usual namespace, which its manifests bring. */
export const kubeFateSecrets = (existing: ReadonlySet<string>): readonly SecretManifest[] =>
  existing.has(`${kubeFateNamespace}/${secrets.kubeFate.name}`) ? [] : [generatedSecret(kubeFateNamespace, 'kubeFate')];

const kubeFateNamespace = 'kube-fate';
