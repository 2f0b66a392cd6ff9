import type { SecretVolumeSource } from 'kubernetes-types/core/v1';
import { secrets } from '../../lib/fate/secrets';
import type { CertManager } from '../../lib/federation/cert-manager';
import { block, type Directive } from '../../lib/formats/nginx-conf';

/** The Secret of a member's certificate, and its keys. */
export interface MemberCertificate {
  readonly name: string;
  readonly keys: { readonly certificate: string; readonly key: string; readonly ca: string };
}

/** The same files, whether they come from this Secret or from the one that cert-manager makes in its place. */
export const certificateVolume = (
  { name, keys }: MemberCertificate,
  certManager: CertManager | undefined,
): SecretVolumeSource =>
  certManager === undefined
    ? { secretName: name }
    : {
        secretName: issued.name,
        items: (['certificate', 'key', 'ca'] as const).map((file) => ({ key: issued.keys[file], path: keys[file] })),
      };

const { issuedCertificate: issued } = secrets;

export const certificateDirectory = '/opt/certificate';

/** Where nginx finds them. */
export const certificateFiles = ({ keys }: MemberCertificate): MemberCertificate['keys'] => ({
  certificate: `${certificateDirectory}/${keys.certificate}`,
  key: `${certificateDirectory}/${keys.key}`,
  ca: `${certificateDirectory}/${keys.ca}`,
});

/** Takes TLS of those only who have a certificate of the federation. */
export function takingCertificates(own: MemberCertificate): readonly Directive[] {
  const { certificate, key, ca } = certificateFiles(own);
  return [
    ['ssl_certificate', certificate],
    ['ssl_certificate_key', key],
    ['ssl_protocols', ...protocols],
    ['ssl_client_certificate', ca],
    ['ssl_verify_client', 'on'],
    ['ssl_verify_depth', intermediates],
  ];
}

/** Calls by TLS, shows the own certificate, and goes on only with the one who has the name. */
export function showingCertificate(own: MemberCertificate, name: string): readonly Directive[] {
  const { certificate, key, ca } = certificateFiles(own);
  return [
    ['proxy_ssl_certificate', certificate],
    ['proxy_ssl_certificate_key', key],
    ['proxy_ssl_protocols', ...protocols],
    ['proxy_ssl_trusted_certificate', ca],
    ['proxy_ssl_verify', 'on'],
    ['proxy_ssl_verify_depth', intermediates],
    ['proxy_ssl_server_name', 'on'],
    ['proxy_ssl_name', name],
    ['proxy_ssl_session_reuse', 'off'], // one upstream stands for all, and a session with one is none with another
  ];
}

const protocols = ['TLSv1.2', 'TLSv1.3'];
/** Authorities between a certificate and the federation's own. */
const intermediates = 3;

/**
 * Variable `$certified`: the common name of a certificate that was verified, if its subject has one and no more. A comma
 * or a plus sign separates names there (RFC 2253), and is escaped in a value.
 */
export const certifiedName: Directive = block(
  ['map', '$ssl_client_verify $ssl_client_s_dn', '$certified'],
  ['default', ''],
  [`~^SUCCESS (?:${anotherName()}[,+])*CN=(?<common_name>[A-Za-z0-9.-]+)(?:[,+]${anotherName()})*$`, '$common_name'],
);

function anotherName(): string {
  return String.raw`(?!CN=)(?:[^\\,+]|\\.)+`;
}
