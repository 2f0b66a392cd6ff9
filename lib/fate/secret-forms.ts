import { hasSeveralKeys, privateKeyIn } from '../input/pem';
import type { SecretName } from './secrets';

/** What a value must be for the programs that read it. */
export interface SecretForm {
  readonly fits: (text: string) => boolean;
  readonly remedy: string;
  /** Nothing can be generated in its place. */
  readonly required?: true;
}

/** @param key as in `secrets`: `rootPassword` */
export const secretForm = (name: SecretName, key: string): SecretForm => forms[name]?.[key] ?? anyText;

const anyText: SecretForm = { fits: (text) => text !== '', remedy: 'use a text that is not empty' };

/** Of an image pull Secret. */
export const dockerConfiguration: SecretForm = {
  fits: (text) => /^\s*\{/.test(text),
  remedy: 'use the JSON of a docker configuration',
};

const certificate: SecretForm = {
  fits: (text) => text.includes('-----BEGIN CERTIFICATE-----'),
  remedy: 'use a certificate as PEM',
  required: true,
};

const rsaKey: SecretForm = {
  fits: (text) => text.includes('-----BEGIN PRIVATE KEY-----') && privateKeyIn(text)?.asymmetricKeyType === 'rsa',
  remedy: 'use an RSA key as PKCS#8, which `openssl pkcs8 -topk8 -nocrypt -in <key>` makes of a private RSA key',
  required: true,
};

const anyKey: SecretForm = {
  fits: (text) => /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/.test(text) && !hasSeveralKeys(text),
  remedy: 'use a private key as PEM, not encrypted',
  required: true,
};

const givenKey: SecretForm = {
  fits: (text) => /^[\x21-\x7e]+$/.test(text),
  remedy: "use the key of the bucket's user",
  required: true,
};

const passwordWithout = (...characters: readonly RefusedCharacters[]): SecretForm => ({
  fits: (text) => text !== '' && !characters.some(({ pattern }) => pattern.test(text)),
  remedy: `use one without ${characters.map(({ what }) => what).join(', and ')}; left out, one is generated`,
});

interface RefusedCharacters {
  readonly pattern: RegExp;
  readonly what: string;
}

const ofSql: RefusedCharacters = {
  pattern: /['"\\]/,
  what: "quotes and \\, which MySQL's image takes into SQL as they are",
};
const ofSpring: RefusedCharacters = { pattern: /\$\{/, what: "${, where FATE Board's Spring would fill in" };
const notAscii: RefusedCharacters = {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all but ASCII, and the one that no environment holds
  pattern: /[^\x01-\x7f]/,
  what: "characters other than ASCII, which FATE Board's Java would not find in its environment",
};

/** In `service_conf.yaml` any text stands; FATE Board is more particular. */
const givenPassword: SecretForm = {
  fits: (text) => text !== '' && ![ofSpring, notAscii].some(({ pattern }) => pattern.test(text)),
  remedy: `have one without ${[ofSpring, notAscii].map(({ what }) => what).join(', and ')}`,
  required: true,
};

/** What else than a text that is not empty. */
const forms: Readonly<Partial<Record<SecretName, Readonly<Record<string, SecretForm>>>>> = {
  mysql: { rootPassword: passwordWithout(ofSql), password: passwordWithout(ofSql, ofSpring, notAscii) },
  fateboard: { password: passwordWithout(ofSpring, notAscii) },
  pulsarCertificate: { certificate, key: rsaKey, ca: certificate },
  trafficServerCertificate: { certificate, key: anyKey, ca: certificate },
  backupBucket: { accessKey: givenKey, secretKey: givenKey },
  externalMysql: { password: givenPassword },
  issuedCertificate: { certificate, key: rsaKey, ca: certificate },
};
