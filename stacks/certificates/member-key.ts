import * as pulumi from '@pulumi/pulumi';
import { rsaBits } from '../../lib/federation/certificates';
import type { Tls } from './load-tls';

/** A key that stays in the state of its stack. */
export interface MemberKey {
  /** PKCS#8. */
  readonly private: pulumi.Output<string>;
  readonly public: pulumi.Output<string>;
  /** PKCS#1. */
  readonly pem: pulumi.Output<string>;
  /** Request for a certificate, PEM. */
  readonly request: pulumi.Output<string>;
}

/**
 * A member's own key, and the request for its certificate: the same one for as long as the key is the same.
 *
 * @param name of the resources: `party-30000`
 * @param commonName of the certificate, and its only DNS name
 */
export function memberKey(
  tls: Tls,
  name: string,
  commonName: string,
  { protect, ...options }: Pick<pulumi.CustomResourceOptions, 'parent' | 'dependsOn' | 'protect'>,
): MemberKey {
  const key = new tls.PrivateKey(`${name}/key`, { algorithm: 'RSA', rsaBits: rsaBits.member }, { ...options, protect });
  const { certRequestPem } = new tls.CertRequest(
    `${name}/request`,
    { privateKeyPem: key.privateKeyPem, subject: { commonName }, dnsNames: [commonName] },
    options,
  );
  return {
    private: key.privateKeyPemPkcs8,
    public: key.publicKeyPem,
    pem: key.privateKeyPem,
    request: pulumi.unsecret(certRequestPem),
  };
}

/** What a member's certificate is for: members call one another, and are called. */
export const memberUses = ['digital_signature', 'key_encipherment', 'server_auth', 'client_auth'];

export const hours = (days: number): number => 24 * days;
