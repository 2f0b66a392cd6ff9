import { secrets } from '../../fate/secrets';
import { certificateName } from '../../federation/certificates';
import type { ExchangePlan } from '../../federation/exchange';
import { isJoined } from '../../federation/neighbours';
import type { PartyPlan } from '../../federation/party';
import { hasCertificate } from '../../federation/pulsar';
import { inNamespace } from '../../operations/kubectl';
import type { Failure, Handling } from './failure';
import { certificateSecretOf, certifiedPulsars, podsOf, renewCertificate, restartPulsar } from './lines';
import { here, measured, read } from './source';

/** Who members are to each other. */
export const certificateFailures = {
  'certificate-expired': {
    title: 'A certificate has ended, or ends soon',
    component: 'certificate',
    layer: 'certificates',
    sign: '“certificate has expired” in the log of nginx or Pulsar; from one minute to the next that member gets no new connection.',
    acts: ['party', 'authority'],
    effects: [
      {
        says: 'Whoever shows it is let in nowhere, and gets not one byte.',
        source: measured('Pulsar 2.7.0 and 2.10.1', 'pulsar/pulsar.engine.ts', 'who has %s gets not one byte'),
      },
      {
        says: 'A new one is taken while calls go on, without a restart.',
        source: measured(
          'nginx 1.22, Traffic Server 9.2',
          'nginx/mutual-tls.engine.ts',
          'a new certificate, an authority between',
        ),
      },
    ],
    time: {
      says: 'A minute and a half until the kubelet has brought the Secret; nginx and Traffic Server then read it within seconds, port 6651 of Pulsar within five minutes.',
      source: here('docs/certificates.md'),
    },
    party: ({ plan }) => (hasCertificate(plan) ? renewed(plan, [...restartPulsar(plan)]) : undefined),
    exchange: ({ plan }) => renewed(plan, []),
  },
  'certificate-foreign': {
    title: "A certificate is not of the federation's authority, or of another name",
    component: 'certificate',
    layer: 'certificates',
    sign: '“unable to get local issuer certificate”, “certificate unknown”; since a certificate or an authority was replaced.',
    acts: ['party', 'exchange', 'authority'],
    effects: [
      {
        says: 'Not one byte of a message goes to such a server; whose a certificate is Pulsar does not ask.',
        source: measured(
          'Pulsar 2.7.0 and 2.10.1',
          'pulsar/pulsar.engine.ts',
          'not one byte goes to a server whose certificate is foreign',
        ),
      },
      {
        says: 'A party whose certificate is not its own gets no call.',
        source: measured(
          'nginx 1.22',
          'nginx/mutual-tls.engine.ts',
          'a party whose certificate is not its own gets no call',
        ),
      },
    ],
    party: ({ plan }) =>
      isJoined(plan) && plan.transport === 'mutual-tls'
        ? { ...renewed(plan, restartPulsar(plan)), ...foreign }
        : undefined,
    exchange: ({ plan }) => (plan.transport === 'mutual-tls' ? { ...renewed(plan, []), ...foreign } : undefined),
  },
  'certificate-not-read': {
    title: 'Pulsar still uses an old certificate',
    component: 'certificate',
    layer: 'certificates',
    sign: 'Jobs end well, and FATE Flow logs an error 500 of Pulsar when it clears up after them.',
    acts: ['party'],
    effects: [
      {
        says: "Pulsar's own client of administration keeps the certificate of its first use. Once that has ended, or its authority is trusted no more, subscriptions of ended jobs stay with their messages.",
        source: here('docs/certificates.md'),
      },
    ],
    party: ({ plan }) =>
      isJoined(plan) && plan.transport === 'mutual-tls' && !plan.pulsar.isExternal
        ? {
            check: [
              inNamespace(
                plan,
                `get pods ${podsOf(...certifiedPulsars(plan))} -o custom-columns=POD:.metadata.name,STARTED:.status.startTime`,
              ),
              validity(plan),
            ],
            shows: 'a pod that has started before the certificate was made.',
            remedy: 'Restart Pulsar, between jobs.',
            commands: [...restartPulsar(plan)],
          }
        : undefined,
  },
  'domain-differs': {
    title: 'A name of another domain, or of nobody, is asked for',
    component: 'certificate',
    layer: 'certificates',
    sign: 'Messages to one party do not arrive; asked for its name the exchange shows its own certificate.',
    acts: ['party', 'exchange'],
    effects: [
      {
        says: 'TLS under a name that no route has ends at Traffic Server, under its own certificate: nothing is told, and nobody is reached.',
        source: measured(
          'Traffic Server 9.2',
          'traffic-server/traffic-server.engine.ts',
          'the name %j, which is no party, ends at the exchange itself',
        ),
      },
      {
        says: 'Charts of KubeFATE call parties <id>.fate.org where no domain is set, whatever the routes of the exchange say.',
        source: read('KubeFATE v1.6.1, `helm-charts/FATE/values-template.yaml`'),
      },
    ],
    party: ({ plan, others: [other] }) =>
      plan.exchange && {
        check: [
          inNamespace(plan, `get configmap pulsar-route-table -o yaml`),
          ...(other === undefined
            ? []
            : [
                `kubefate-tanzu certificates check ${plan.exchange.trafficServer.address}:${plan.exchange.trafficServer.port} --name ${certificateName(other, plan.domain)} --as certificates/${plan.fqdn}`,
              ]),
        ],
        shows: `a domain that is not ${plan.domain}; or ${certificateName('exchange', plan.domain)} in the place of the name that was asked for.`,
        remedy:
          'All members agree on one domain. Where that is so, the exchange has no route to the party: see “The exchange has no route to a party”.',
        commands: [],
      },
  },
} as const satisfies Record<string, Failure>;

/** The certificate of a member, and how a new one gets there. */
function renewed(plan: PartyPlan | ExchangePlan, after: readonly string[]): Handling {
  const secret = certificateSecretOf(plan);
  const check = [inNamespace(plan, `get secret ${secret} -o yaml | kubefate-tanzu certificates check -`)];
  if (plan.certManager)
    return {
      check: [...check, inNamespace(plan, `get certificate ${secrets.issuedCertificate.name}`)],
      shows: 'what is wrong with it, and a Certificate that is not READY.',
      remedy: `Mend its issuer: cert-manager then renews it by itself.${givenOn(plan)}`,
      commands: [inNamespace(plan, `describe certificate ${secrets.issuedCertificate.name}`), ...after],
    };
  return {
    check,
    shows: 'what is wrong with it, and until when it holds.',
    remedy: `Where Pulumi makes it: update the exchange, then the party. Else have it signed again by who keeps the authority, and replace the Secret. Then restart what does not read it by itself.${givenOn(plan)}`,
    commands: [...renewCertificate(plan), ...after],
  };
}

/** A Pulsar that somebody else runs has files of its own. */
const givenOn = (plan: PartyPlan | ExchangePlan): string =>
  'pulsar' in plan && plan.pulsar.isExternal
    ? ` Whoever runs ${plan.pulsar.host} needs certificate, key and authorities, too.`
    : '';

const foreign = {
  shows: 'of which authority it is, and which one is trusted.',
};

/** When a certificate was made, and until when it holds. */
const validity = (plan: PartyPlan): string => {
  const secret = secrets[plan.certManager ? 'issuedCertificate' : 'pulsarCertificate'];
  const key = secret.keys.certificate.replaceAll('.', '\\.');
  return inNamespace(
    plan,
    `get secret ${secret.name} -o jsonpath='{.data.${key}}' | base64 -d | openssl x509 -noout -dates`,
  );
};
