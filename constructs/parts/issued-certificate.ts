import { Construct } from 'constructs';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { secrets } from '../../lib/fate/secrets';
import type { CertManager } from '../../lib/federation/cert-manager';
import { rsaBits } from '../../lib/federation/certificates';
import { Manifest } from '../app/manifest';

export interface IssuedCertificateProps {
  /** Common name and only DNS name. */
  readonly commonName: string;
  readonly certManager: CertManager;
}

/**
 * The certificate of a member, made by cert-manager: the Secret is its own, and pods wait for it. A renewed one has a new key.
 *
 * @see cert-manager, `cert-manager.io/v1`
 */
export class IssuedCertificate extends Construct {
  constructor(scope: Construct, id: string, { commonName, certManager }: IssuedCertificateProps) {
    super(scope, id);
    const { issuer, days, renewedDays } = certManager;
    new Manifest<Certificate>(this, 'certificate', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name },
      spec: {
        secretName: name,
        commonName,
        dnsNames: [commonName],
        usages: ['digital signature', 'key encipherment', 'server auth', 'client auth'],
        privateKey: { algorithm: 'RSA', size: rsaBits.member, encoding: 'PKCS8', rotationPolicy: 'Always' },
        duration: hours(days),
        renewBefore: hours(renewedDays),
        issuerRef: issuer,
      },
    });
  }
}

/** As far as it is drawn here. */
interface Certificate {
  apiVersion: 'cert-manager.io/v1';
  kind: 'Certificate';
  metadata: ObjectMeta;
  spec: {
    secretName: string;
    commonName: string;
    dnsNames: readonly string[];
    usages: readonly string[];
    privateKey: { algorithm: 'RSA'; size: number; encoding: 'PKCS8'; rotationPolicy: 'Always' };
    duration: string;
    renewBefore: string;
    issuerRef: CertManager['issuer'];
  };
}

const { name } = secrets.issuedCertificate;

const hours = (days: number): string => `${24 * days}h`;
