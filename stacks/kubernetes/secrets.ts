import { createPrivateKey } from 'node:crypto';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random';
import { secrets } from '../../lib/fate/secrets';
import { checkKeys, checkObjectName, isMap } from '../../lib/input/checks';
import type { Problems } from '../../lib/input/problems';
import type { SecretObject } from './chart-resources';

type SecretName = Exclude<keyof typeof secrets, 'kubeFate'>;

/** Values of one Secret, or a Secret that has them under its own keys of `secrets`. */
export type SecretValues<Name extends SecretName> =
  | Readonly<Partial<Record<keyof (typeof secrets)[Name]['keys'], pulumi.Input<string>>>>
  | {
      /**
       * `<namespace>/<name>`, or a name in the namespace of the pods. It must exist; its values are copied at every update,
       * unless it is already the one that the pods read.
       */
      readonly existingSecret: string;
    };

/** Docker configurations (JSON), by the name of an image pull Secret. @default Secrets of these names exist */
export type ImagePullSecrets = Readonly<Record<string, pulumi.Input<string>>>;

/** Values of a party's Secrets. A password that is not given is generated once, and never again. */
export interface PartySecrets {
  readonly mysql?: SecretValues<'mysql'>;
  readonly fateboard?: SecretValues<'fateboard'>;
  readonly notebook?: SecretValues<'notebook'>;
  /** PEM, the key as RSA in PKCS#8. Required with an exchange. */
  readonly pulsarCertificate?: SecretValues<'pulsarCertificate'>;
  readonly imagePullSecrets?: ImagePullSecrets;
}

/** Values of an exchange's Secrets. */
export interface ExchangeSecrets {
  /** PEM. */
  readonly trafficServerCertificate: SecretValues<'trafficServerCertificate'>;
  readonly imagePullSecrets?: ImagePullSecrets;
}

/** Values of the Secrets that add-ons of a cluster read. */
export interface ClusterSecrets {
  readonly imagePullSecrets?: ImagePullSecrets;
}

/** The Secrets that the pods of one namespace read. */
export interface SecretNeeds {
  readonly namespace: string;
  readonly names: readonly SecretName[];
  readonly imagePullSecrets: readonly string[];
}

/** Reports what is wrong with the values of Secrets, and never shows one. */
export function checkSecrets(problems: Problems, declared: unknown, { names, imagePullSecrets }: SecretNeeds): void {
  const known = [...names, 'imagePullSecrets'];
  const values = mapAt(problems, declared, `use ${known.join(', ')}`);
  checkKeys(problems, values, known);
  for (const name of names) checkSecret(problems.at(name), name, values[name]);
  const configurations = mapAt(
    problems.at('imagePullSecrets'),
    values['imagePullSecrets'],
    'use docker configurations',
  );
  for (const [name, value] of Object.entries(configurations)) {
    const at = problems.at('imagePullSecrets');
    if (!imagePullSecrets.includes(name))
      at.add(name, 'is used by no pod', 'name it in imagePullSecrets of the plan too');
    checkText(at, name, value, {
      fits: (text) => /^\s*\{/.test(text),
      remedy: 'use the JSON of a docker configuration',
    });
  }
}

function checkSecret(problems: Problems, name: SecretName, declared: unknown): void {
  const { name: object, keys } = secrets[name];
  const values = mapAt(problems, declared, `use ${Object.keys(keys).join(', ')}, or existingSecret`);
  if ('existingSecret' in values) {
    checkKeys(problems, values, ['existingSecret']);
    const parts = `${values['existingSecret']}`.split('/', 3);
    for (const part of parts) checkObjectName(problems, 'existingSecret', part, `certificates/${object}`);
    return;
  }
  checkKeys(problems, values, Object.keys(keys));
  for (const key of Object.keys(keys)) {
    const form = forms[name]?.[key];
    if (values[key] !== undefined) checkText(problems, key, values[key], form);
    else if (form?.required)
      problems.add(key, 'is missing', `set it as a secret, or name a Secret that has it by existingSecret`);
  }
}

function mapAt(problems: Problems, value: unknown, remedy: string): Readonly<Record<string, unknown>> {
  if (value === undefined || isMap(value)) return value ?? {};
  problems.add('', 'is no map', remedy);
  return {};
}

interface Form {
  readonly fits: (text: string) => boolean;
  readonly remedy: string;
  /** Nothing is generated in its place. */
  readonly required?: true;
}

const anyText: Form = { fits: (text) => text !== '', remedy: 'use a text that is not empty' };

/** A value that is an Output is nobody's to look at. */
function checkText(problems: Problems, key: string, value: unknown, { fits, remedy }: Form = anyText): void {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return;
  if (typeof value !== 'string' || !fits(value)) problems.add(key, 'is not of the form it needs', remedy);
}

const certificate: Form = {
  fits: (text) => text.includes('-----BEGIN CERTIFICATE-----'),
  remedy: 'use a certificate as PEM',
  required: true,
};

const rsaKey: Form = {
  fits: (text) => text.includes('-----BEGIN PRIVATE KEY-----') && isRsa(text),
  remedy: 'use an RSA key as PKCS#8, which `openssl pkcs8 -topk8 -nocrypt -in <key>` makes of a private RSA key',
  required: true,
};

function isRsa(key: string): boolean {
  try {
    return createPrivateKey(key).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

const anyKey: Form = {
  fits: (text) => /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/.test(text),
  remedy: 'use a private key as PEM, not encrypted',
  required: true,
};

const passwordWithout = (what: string, refused: RegExp): Form => ({
  fits: (text) => text !== '' && !refused.test(text),
  remedy: `use one without ${what}; left out, one is generated`,
});

const sqlPassword = passwordWithout("quotes and \\, which MySQL's image takes into SQL as they are", /['"\\]/);
const springPassword = passwordWithout('${, where Spring would fill in', /\$\{/);
const sqlAndSpringPassword = passwordWithout(
  "quotes and \\, which MySQL's image takes into SQL as they are, and ${, where FATE Board's Spring would fill in",
  /['"\\]|\$\{/,
);

/** What else than a text a value must be. */
const forms: Readonly<Partial<Record<SecretName, Readonly<Record<string, Form>>>>> = {
  mysql: { rootPassword: sqlPassword, password: sqlAndSpringPassword },
  fateboard: { password: springPassword },
  pulsarCertificate: { certificate, key: rsaKey, ca: certificate },
  trafficServerCertificate: { certificate, key: anyKey, ca: certificate },
};

/**
 * The Secrets that a namespace needs; passwords that nobody gave are generated on the way.
 *
 * @param options of everything that is made
 */
export function secretObjects(
  { namespace, names, imagePullSecrets }: SecretNeeds,
  declared: PartySecrets | ExchangeSecrets | ClusterSecrets,
  options: pulumi.CustomResourceOptions,
): readonly SecretObject[] {
  const given: Readonly<Partial<Record<string, object>>> = { ...declared };
  const objects = names.flatMap((name) => secretObject(namespace, name, { ...given[name] }, options));
  const pulled = imagePullSecrets.flatMap((name) => {
    const configuration = declared.imagePullSecrets?.[name];
    if (configuration === undefined) return [];
    return [{ name, type: 'kubernetes.io/dockerconfigjson', values: { '.dockerconfigjson': configuration } }];
  });
  return [...objects, ...pulled];
}

function secretObject(
  namespace: string,
  name: SecretName,
  { existingSecret, ...given }: Readonly<Record<string, pulumi.Input<string>>>,
  options: pulumi.CustomResourceOptions,
): SecretObject[] {
  const { name: object, keys } = secrets[name];
  const entries = Object.entries<string>(keys);
  const id = `${namespace}/${object}`;
  if (existingSecret === undefined) {
    const values = entries.map(([key, field]) => [field, given[key] ?? password(`${id}/${field}`, name, options)]);
    return [{ name: object, values: Object.fromEntries(values) }];
  }
  const source = `${existingSecret}`.includes('/') ? `${existingSecret}` : `${namespace}/${existingSecret}`;
  if (source === id) return [];
  const { data } = kubernetes.core.v1.Secret.get(`${id}/source`, source, options);
  const values = entries.map(([key, field]) => [
    field,
    data.apply((data) => fieldOf(source, data, field, forms[name]?.[key])),
  ]);
  return [{ name: object, values: Object.fromEntries(values) }];
}

function fieldOf(
  secret: string,
  data: Readonly<Record<string, string>>,
  field: string,
  { fits, remedy }: Form = anyText,
): string {
  const value = data[field];
  if (value === undefined) throw new pulumi.RunError(`Secret ${secret} has no key "${field}"`);
  const text = Buffer.from(value, 'base64').toString();
  if (!fits(text)) throw new pulumi.RunError(`"${field}" of Secret ${secret} is not of the form it needs; ${remedy}`);
  return text;
}

/**
 * A password that is generated once. MySQL keeps its own in a volume that outlives the stack, and would refuse another:
 * that one is protected as well.
 */
function password(id: string, name: SecretName, { parent }: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const args = { length: 32, special: false };
  const options = { parent, ignoreChanges: Object.keys(args), ...(name === 'mysql' && { protect: true }) };
  return new RandomPassword(id, args, options).result;
}
