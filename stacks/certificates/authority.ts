import * as pulumi from '@pulumi/pulumi';
import type { PrivateKey } from '@pulumi/tls';
import { authorityName, certificateName, type Lifetime, rsaBits } from '../../lib/federation/certificates';
import type { Checked } from '../engine/before-update';
import type { Lifetimes } from './declared';
import type { Tls } from './load-tls';
import { hours, memberKey, memberUses } from './member-key';
import type { PartyRequest } from './requests';

/** What a {@link CertificateAuthority} is made from. */
export interface CertificateAuthorityArgs {
  readonly tls: Tls;
  readonly domain: string;
  readonly lifetimes: Lifetimes;
  /** Checked: what is in them is in the certificates. */
  readonly requests: readonly PartyRequest[];
  /** Before anything of it is made. */
  readonly checked: Checked;
}

/**
 * The federation's certificate authority in the state of a stack, the exchange's certificate, and those of the parties.
 * `pulumi destroy --exclude-protected` leaves its key there, and all certificates go on with it afterwards.
 */
export class CertificateAuthority extends pulumi.ComponentResource {
  /** What members trust, as PEM. */
  readonly certificate: pulumi.Output<string>;
  /** Values of the exchange's Secret. */
  readonly exchange: {
    readonly certificate: pulumi.Output<string>;
    readonly key: pulumi.Output<string>;
    readonly ca: pulumi.Output<string>;
  };
  /** By id: PEM of the certificate and, below it, of the authority. */
  readonly parties: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, { tls, domain, lifetimes, requests, checked }: CertificateAuthorityArgs) {
    super('kubefate-tanzu:index:CertificateAuthority', name, { domain }, { dependsOn: checked });
    const key = new tls.PrivateKey(
      'authority/key',
      { algorithm: 'RSA', rsaBits: rsaBits.authority },
      { parent: this, protect: true },
    );
    const authority = this.authority(tls, key, domain, lifetimes.authority);
    const signed = (member: string, request: pulumi.Input<string>): pulumi.Output<string> =>
      new tls.LocallySignedCert(
        member,
        {
          certRequestPem: request,
          caCertPem: authority,
          caPrivateKeyPem: key.privateKeyPem,
          allowedUses: memberUses,
          setSubjectKeyId: true,
          ...validity(lifetimes.member),
        },
        { parent: this },
      ).certPem;
    // Not protected: the authority beside it certifies another one as well.
    const own = memberKey(tls, 'exchange', certificateName('exchange', domain), { parent: this });
    this.certificate = pulumi.unsecret(authority);
    this.exchange = { certificate: signed('exchange', own.request), key: own.private, ca: authority };
    this.parties = Object.fromEntries(
      requests.map(({ id, request }) => [
        id,
        pulumi.unsecret(pulumi.interpolate`${signed(`party-${id}`, request)}${authority}`),
      ]),
    );
    this.registerOutputs({ certificate: this.certificate, parties: this.parties });
  }

  private authority(tls: Tls, key: PrivateKey, domain: string, lifetime: Lifetime): pulumi.Output<string> {
    return new tls.SelfSignedCert(
      'authority',
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: authorityName(domain) },
        isCaCertificate: true,
        setSubjectKeyId: true,
        setAuthorityKeyId: true,
        allowedUses: ['cert_signing', 'crl_signing'],
        ...validity(lifetime),
      },
      { parent: this },
    ).certPem;
  }
}

const validity = ({ days, renewedDays }: Lifetime) => ({
  validityPeriodHours: hours(days),
  earlyRenewalHours: hours(renewedDays),
});
