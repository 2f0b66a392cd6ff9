import * as x509 from '../../lib/input/x509-library';
import { type CraftedRequest, craftedRequest, keys, pemOf } from './certificates';

export interface WrongRequest {
  readonly what: string;
  readonly text: () => Promise<string> | string;
  /** Of what is said of it, whoever is asked to certify it; without the name of who should have asked. */
  readonly said: string;
  /** Whether a request for the very name was made wrong by another one. A stack says whole names. */
  readonly ofNames?: true;
}

/** What nobody certifies as the request of the member who has this name. */
export function wrongRequests(own: string): readonly WrongRequest[] {
  const name = `CN=${own}`;
  const names = (...values: x509.JsonGeneralNames) => new x509.SubjectAlternativeNameExtension(values);
  const itself = names({ type: 'dns', value: own });
  const request = (options: CraftedRequest) => craftedRequest({ name, extensions: [itself], ...options });
  const asking = (...extensions: x509.Extension[]) => request({ extensions });
  const authority = new x509.BasicConstraintsExtension(true, 0, true);
  const signer = new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true);
  const notOne = 'is not one signing request alone';
  return [
    ['of another member', () => request({ name: 'CN=proxy.example.com' }), 'proxy.example.com', true],
    ['of another domain', () => request({ name: `CN=${own.replace('.com', '.org')}` }), 'example.org', true],
    ['of nobody', () => request({ name: 'O=Organisation' }), 'of', true],
    ['of two names', () => request({ name: `${name}, CN=proxy.example.com` }), 'proxy.example.com', true],
    [
      'for one more name',
      () => asking(names({ type: 'dns', value: own }, { type: 'dns', value: 'a.org' })),
      'a.org',
      true,
    ],
    ['for any name', () => asking(names({ type: 'dns', value: '*.example.com' })), '*.example.com', true],
    ['for an address', () => asking(names({ type: 'ip', value: '192.0.2.1' })), 'ip:192.0.2.1', true],
    ['for a user', () => asking(names({ type: 'upn', value: 'root' })), 'upn:root', true],
    [
      'for one more name in a second list',
      () => request({ attributes: [new x509.ExtensionsAttribute([names({ type: 'dns', value: 'a.org' })])] }),
      'a.org',
      true,
    ],
    ['for a name of a kind that nothing here knows', () => asking(itself, otherName), notOne],
    ['that is two', async () => (await request({})) + (await request({ key: keys.otherRsa })), notOne],
    ['with its key', async () => (await request({})) + pemOf(keys.rsa), notOne],
    ['that is a key', () => pemOf(keys.rsa), notOne],
    ['that is nothing', () => '', notOne],
    ['that is a text', () => 'hello', notOne],
    ['that is not PEM', async () => (await request({})).replace(/-----.*-----/g, ''), notOne],
    ['that is broken', () => '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n', notOne],
    ['that never ends', async () => `${await request({})}${' '.repeat(100_000)}`, notOne],
    ['of an EC key', () => request({ key: keys.ec }), 'its key is no RSA key but EC'],
    ['of a short key', () => request({ key: keys.shortRsa }), 'its key has 1024 bits'],
    ['of a weak exponent', () => request({ key: keys.oddRsa }), 'its key has the public exponent 3'],
    ['that was changed on its way', async () => changed(await request({})), 'is not signed by its own key'],
    ['to be an authority', () => asking(itself, authority), 'asks to be an authority'],
    ['to sign certificates', () => asking(itself, signer), 'asks to be an authority'],
    [
      'to be an authority, in a second list',
      () => request({ attributes: [new x509.ExtensionsAttribute([authority])] }),
      'asks to be an authority',
    ],
  ].map(([what, text, said, ofNames]) => ({ what, text, said, ofNames }) as WrongRequest);
}

/** Alternative names of `otherName` 1.2.3.4. */
const otherName = new x509.Extension('2.5.29.17', false, Buffer.from('300ba00906032a0304a0020500', 'hex'));

function changed(text: string): string {
  const der = Buffer.from(new x509.Pkcs10CertificateRequest(text).rawData);
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
  return new x509.Pkcs10CertificateRequest(Uint8Array.from(der)).toString('pem');
}
