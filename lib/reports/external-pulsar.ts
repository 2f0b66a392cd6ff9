import { releases } from '../fate/releases';
import type { ForeignPulsarFiles, Settings } from '../fate/releases/release';
import type { PartyPlan } from '../federation/party';
import type { ExternalPulsarPlan } from '../federation/pulsar';
import { properties } from '../formats/properties';

/** A party whose Pulsar somebody else runs. */
export interface PartyOfExternalPulsar extends PartyPlan {
  readonly pulsar: ExternalPulsarPlan;
}

export const hasExternalPulsar = (plan: PartyPlan): plan is PartyOfExternalPulsar => plan.pulsar.isExternal;

/** What whoever runs the Pulsar of a party has to tell it, file by file. */
export const externalPulsarFiles = (plan: PartyOfExternalPulsar): ForeignPulsarFiles =>
  releases[plan.fate].pulsar.foreignFiles(plan);

/** The same as comments and keys that they can copy. */
export function externalPulsarText(plan: PartyOfExternalPulsar): string {
  const { id, fate, pulsar, fqdn } = plan;
  const files = externalPulsarFiles(plan);
  const parts = (Object.keys(files) as (keyof ForeignPulsarFiles)[]).flatMap((file) => {
    const where = whereOf(plan, file);
    return where === undefined ? [] : [`# ${where}\n${properties(files[file])}`];
  });
  const title = [
    `# Pulsar of party ${id} at ${pulsar.host}, for FATE ${fate}: keys beside whatever else it is told, for no other party.`,
    ...(pulsar.public === undefined
      ? []
      : [
          `# Paths and ports are examples: of the certificate of ${fqdn}, of its key as PKCS#8 without a password, of the federation's`,
          '# authorities, and of where it listens.',
        ]),
  ];
  return [`${title.join('\n')}\n`, ...parts].join('\n');
}

function whereOf({ pulsar }: PartyOfExternalPulsar, file: keyof ForeignPulsarFiles): string | undefined {
  if (file === 'broker.conf') return 'broker.conf, or standalone.conf of one process';
  if (file === 'bookkeeper.conf') return 'bookkeeper.conf, or standalone.conf of one process';
  return pulsar.public && `proxy.conf, where others reach proxies at ${pulsar.public.address}:${pulsar.public.port}`;
}

/** Those of its brokers that are the same wherever it is: no ports, no files. */
export const foreignSettings = (plan: PartyPlan): Settings =>
  Object.fromEntries(
    Object.entries(releases[plan.fate].pulsar.foreignFiles(plan)['broker.conf']).filter(
      ([key]) => !/Port(Tls)?$|FilePath$|AuthenticationParameters$|Protocols$/.test(key),
    ),
  );
