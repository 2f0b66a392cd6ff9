import { expect, test } from 'vitest';
import { certifiedName, showingCertificate, takingCertificates } from '../../../constructs/parts/member-certificate';
import { type Directive, nginxConf } from '../../../lib/formats/nginx-conf';
import { parseNginxConf } from '../../support/nginx-conf';

const own = { name: 'cert', keys: { certificate: 'a.pem', key: 'a.key', ca: 'ca.pem' } };

/** `$certified`, as nginx makes it of what it says of a certificate. */
function certified(verified: string, subject: string): string | undefined {
  const [map] = parseNginxConf(nginxConf([certifiedName]));
  const [, pattern] = map?.body ?? [];
  const expression = new RegExp(`${pattern?.words[0]?.slice(1)}`, 's');
  return expression.exec(`${verified} ${subject}`)?.groups?.['common_name'];
}

test.each([
  ['CN=30000.example.com'],
  ['CN=30000.example.com,O=Org,C=AT'],
  ['O=Org,CN=30000.example.com'],
  ['CN=30000.example.com+OU=a,O=Org'],
  ['OU=a+CN=30000.example.com,O=Org'],
  [String.raw`O=Org\, Inc,CN=30000.example.com,OU=a\+b\\`],
  ['1.2.3.4=#0C0161,CN=30000.example.com'],
])('the common name is found wherever it stands in a subject: %s', (subject) => {
  expect(certified('SUCCESS', subject)).toBe('30000.example.com');
});

test.each([
  [''],
  ['O=30000.example.com'],
  [String.raw`O=a\,CN=30000.example.com`],
  [String.raw`O=a\+CN=30000.example.com`],
  [String.raw`CN=a\,CN=30000.example.com`],
  ['CN=30000.example.com,CN=40000.example.com'],
  ['CN=40000.example.com+CN=30000.example.com'],
  ['SCN=30000.example.com'],
  ['CN=30000.example.com '],
  [String.raw`CN=30000.example.com\,`],
  [String.raw`CN=30000.example.com\00`],
  ['CN=30000.example.com\nCN=a'],
  ['CN=*'],
])('a subject without one common name that is a name has none: %j', (subject) => {
  expect(certified('SUCCESS', subject)).toBeUndefined();
});

test.each(['NONE', 'FAILED:self-signed certificate', 'FAILED:SUCCESS', ''])(
  'a certificate that was not verified (%s) has no name',
  (verified) => {
    expect(certified(verified, 'CN=30000.example.com')).toBeUndefined();
  },
);

const directives = (all: readonly Directive[]) =>
  Object.fromEntries(parseNginxConf(nginxConf(all)).map(({ words: [name, ...more] }) => [name, more]));

test('both ends of a connection verify the other, and show their own', () => {
  const files = { certificate: '/opt/certificate/a.pem', key: '/opt/certificate/a.key', ca: '/opt/certificate/ca.pem' };
  expect(directives(takingCertificates(own))).toEqual({
    ssl_certificate: [files.certificate],
    ssl_certificate_key: [files.key],
    ssl_client_certificate: [files.ca],
    ssl_verify_client: ['on'],
    ssl_verify_depth: ['3'],
    ssl_protocols: ['TLSv1.2', 'TLSv1.3'],
  });
  expect(directives(showingCertificate(own, 'a.example.com'))).toMatchObject({
    proxy_ssl_certificate: [files.certificate],
    proxy_ssl_certificate_key: [files.key],
    proxy_ssl_trusted_certificate: [files.ca],
    proxy_ssl_verify: ['on'],
    proxy_ssl_name: ['a.example.com'],
    proxy_ssl_server_name: ['on'],
    proxy_ssl_session_reuse: ['off'],
  });
});
