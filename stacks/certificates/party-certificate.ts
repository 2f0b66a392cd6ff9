import { createPublicKey, X509Certificate } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { certificateDays } from '../../lib/federation/certificates';
import { day } from '../../lib/input/days';
import { ends } from '../../lib/input/pem';
import { beforeUpdate, type Checked } from '../engine/before-update';
import type { CertificateChain } from './chains';
import type { Tls } from './load-tls';
import { hours, memberKey, memberUses } from './member-key';

/** What a {@link PartyCertificate} is made from. */
export interface PartyCertificateArgs {
  readonly tls: Tls;
  /** Common name, and only DNS name. */
  readonly commonName: string;
  /** Where its certificate comes from, as a message names it. */
  readonly source: string;
  /** Checked. @default none yet */
  readonly chain?: CertificateChain;
  /** Of the party's pods. */
  readonly namespace: string;
  /** Before anything of it is made, beside its own. */
  readonly checked: Checked;
}

/**
 * A party's key in the state of its stack, the request for its certificate, and that certificate, once there is one for this
 * key. `pulumi destroy --exclude-protected` leaves the key there, and its certificate goes on with it afterwards.
 *
 * An update that would take a certificate away from the party fails. One that brings another says that Pulsar is to be restarted.
 */
export class PartyCertificate extends pulumi.ComponentResource {
  /** PEM, for whoever has the authority's key. */
  readonly request: pulumi.Output<string>;
  /** Values of the party's Secret. */
  readonly values: {
    readonly certificate: pulumi.Output<string>;
    readonly key: pulumi.Output<string>;
    readonly ca: pulumi.Output<string>;
  };

  constructor(name: string, { tls, commonName, source, chain, namespace, checked }: PartyCertificateArgs) {
    const inputs = certified(chain);
    const hooks = beforeUpdate(`${name}-certified`, async ({ oldInputs = {} }) => {
      const before = oldInputs as Partial<Certified>;
      if (before.certified === true && !inputs.certified)
        throw new pulumi.RunError(
          `${source} has no certificate for ${commonName} any more, and without one nobody would talk to its Pulsar: put it back`,
        );
      if (before.serialNumber !== undefined && before.serialNumber !== inputs.serialNumber)
        await pulumi.log.warn(
          `${commonName} gets another certificate, and part of its Pulsar keeps the old one: restart it after this update, between jobs, and before that one ends on ${before.ends}:\n  kubectl -n ${namespace} rollout restart statefulset/pulsar`,
        );
    });
    super('kubefate-tanzu:index:PartyCertificate', name, inputs, { hooks });
    const options = { parent: this, dependsOn: checked };
    const key = memberKey(tls, name, commonName, { ...options, protect: true });
    const { certPem } = new tls.SelfSignedCert(
      `${name}/placeholder`,
      {
        privateKeyPem: key.pem,
        subject: { commonName },
        dnsNames: [commonName],
        allowedUses: memberUses,
        validityPeriodHours: hours(certificateDays.authority),
      },
      options,
    );
    const shown = pulumi.all([key.public, certPem]).apply(([own, placeholder]): CertificateChain => {
      if (chain !== undefined && isOfKey(chain, own)) return chain;
      if (chain !== undefined)
        void pulumi.log.warn(
          `${source} has a certificate for ${commonName} of another key, and its Pulsar shows one that nobody trusts: have the output \`certificateRequest\` signed, and run \`pulumi up\` here again`,
        );
      return { certificate: placeholder, authorities: placeholder };
    });
    this.request = key.request;
    this.values = { certificate: shown.certificate, key: key.private, ca: shown.authorities };
    this.registerOutputs({ request: this.request });
  }
}

/** What the state keeps of an update. */
interface Certified {
  readonly certified: boolean;
  readonly serialNumber?: string;
  /** Day. */
  readonly ends?: string;
}

function certified(chain: CertificateChain | undefined): Certified {
  if (chain === undefined) return { certified: false };
  const certificate = new X509Certificate(chain.certificate);
  return { certified: true, serialNumber: certificate.serialNumber, ends: day(ends(certificate)) };
}

const isOfKey = ({ publicKey }: CertificateChain, own: string): boolean =>
  publicKey?.equals(createPublicKey(own)) === true;
