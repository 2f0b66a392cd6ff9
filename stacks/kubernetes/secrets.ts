import * as pulumi from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random';
import { dockerConfiguration, type SecretForm, secretForm } from '../../lib/fate/secret-forms';
import { isGiven, type SecretName, secrets } from '../../lib/fate/secrets';
import type { SecretNeeds } from '../../lib/federation/secret-needs';
import { checkNames, checkObjectName, isMap } from '../../lib/input/checks';
import type { Problems } from '../../lib/input/problems';
import type { SecretObject } from './chart-resources';
import { ExistingSecret } from './existing-secret';

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

/** Docker configurations (JSON), by the name of an image pull Secret. */
export type ImagePullSecrets = Readonly<Record<string, pulumi.Input<string>>>;

/** Values of a party's Secrets. A password that is not given is generated once, and never again. */
export interface PartySecrets {
  /** Passwords of the database: of its administrator, and of FATE Flow and FATE Board. @default generated */
  readonly mysql?: SecretValues<'mysql'>;
  /** Password of the user of a MySQL that somebody else runs. @default required with such a MySQL */
  readonly externalMysql?: SecretValues<'externalMysql'>;
  /** Password of FATE Board's user `admin`. @default generated */
  readonly fateboard?: SecretValues<'fateboard'>;
  /** Token that the notebook asks for. @default generated */
  readonly notebook?: SecretValues<'notebook'>;
  /** PEM, the key as RSA in PKCS#8. @default none, where there is no exchange; with one it is required, unless the stack has `certificates`, or the party `certManager` */
  readonly pulsarCertificate?: SecretValues<'pulsarCertificate'>;
  /** Keys of the user of the bucket that backups go to. @default required with such a bucket */
  readonly backupBucket?: SecretValues<'backupBucket'>;
  /** Values of the image pull Secrets that the plan names. @default Secrets of these names exist */
  readonly imagePullSecrets?: ImagePullSecrets;
}

/** Values of an exchange's Secrets. */
export interface ExchangeSecrets {
  /** Certificate, key and authority of Traffic Server, as PEM. @default required, unless the stack has `certificates`, or the exchange `certManager` */
  readonly trafficServerCertificate?: SecretValues<'trafficServerCertificate'>;
  /** Values of the image pull Secrets that the plan names. @default Secrets of these names exist */
  readonly imagePullSecrets?: ImagePullSecrets;
}

/** Values of the Secrets that add-ons of a cluster read. */
export interface ClusterSecrets {
  /** Values of the image pull Secrets that the plan names. @default Secrets of these names exist */
  readonly imagePullSecrets?: ImagePullSecrets;
}

/** What pods read, and what of it a stack makes. */
export interface StackSecretNeeds extends SecretNeeds {
  /** @default none */
  readonly made?: readonly SecretName[];
}

/** Reports what is wrong with the values of Secrets, and never shows one. */
export function checkSecrets(
  problems: Problems,
  declared: unknown,
  { names, issued, made = [], imagePullSecrets }: StackSecretNeeds,
): void {
  const known = [...names, 'imagePullSecrets'];
  const values = mapAt(problems, declared, `use ${known.join(', ')}`);
  if (values === undefined) return;
  checkNames(problems, values, [...known, ...issued]);
  for (const name of issued) {
    if (values[name] !== undefined)
      problems.add(name, 'is given beside certManager, which makes one', 'use one of the two');
  }
  for (const name of names) {
    if (!made.includes(name)) checkSecret(problems.at(name), name, values[name]);
    else if (values[name] !== undefined)
      problems.add(name, 'is given beside certificates, which make one', 'use one of the two');
  }
  const configurations = mapAt(
    problems.at('imagePullSecrets'),
    values['imagePullSecrets'],
    'use docker configurations',
  );
  for (const [name, value] of Object.entries(configurations ?? {})) {
    const at = problems.at('imagePullSecrets');
    if (!imagePullSecrets.includes(name))
      at.add(name, 'is used by no pod', 'name it in imagePullSecrets of the plan too');
    checkText(at, name, value, dockerConfiguration);
  }
}

function checkSecret(problems: Problems, name: SecretName, declared: unknown): void {
  const { name: object, keys } = secrets[name];
  const values = mapAt(problems, declared, `use ${Object.keys(keys).join(', ')}, or existingSecret`);
  if (values === undefined) return;
  if ('existingSecret' in values) {
    checkNames(problems, values, ['existingSecret']);
    const { existingSecret } = values;
    const parts = typeof existingSecret === 'string' ? existingSecret.split('/', 3) : [existingSecret];
    for (const part of parts) checkObjectName(problems, 'existingSecret', part, `certificates/${object}`);
    return;
  }
  checkNames(problems, values, Object.keys(keys));
  for (const key of Object.keys(keys)) {
    const form = secretForm(name, key);
    if (values[key] !== undefined) checkText(problems, key, values[key], form);
    else if (form.required)
      problems.add(
        key,
        'is missing',
        `set it as a secret, ${isGiven(name) ? 'or name a Secret that has it by existingSecret' : 'name a Secret that has it by existingSecret, or have the stack make one: certificates'}`,
      );
  }
}

/** None where it is no map, which is problem enough. */
function mapAt(problems: Problems, value: unknown, remedy: string): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || isMap(value)) return value ?? {};
  problems.add('', 'is no map', remedy);
  return undefined;
}

/** A value that is not known yet is checked when it is, by {@link sound}. */
function checkText(problems: Problems, key: string, value: unknown, { fits, remedy }: SecretForm): void {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return;
  if (typeof value !== 'string' || !fits(value)) problems.add(key, 'is not of the form it needs', remedy);
}

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
    const text = declared.imagePullSecrets?.[name];
    if (text === undefined) return [];
    const configuration = sound({ subject: `secrets.imagePullSecrets.${name}`, text }, dockerConfiguration);
    return [{ name, type: 'kubernetes.io/dockerconfigjson', values: { '.dockerconfigjson': configuration } }];
  });
  return [...objects, ...pulled];
}

function secretObject(
  namespace: string,
  name: SecretName,
  given: GivenValues,
  options: pulumi.CustomResourceOptions,
): SecretObject[] {
  const { name: object, keys } = secrets[name];
  const id = `${namespace}/${object}`;
  const source = existingSecret(namespace, given);
  if (source === id) return [];
  const found = source && new ExistingSecret(`${id}/source`, source, options);
  const valueAt = (key: string, field: string): Value => {
    if (found) return { subject: `"${field}" of Secret ${source}`, text: found.data.apply((it) => decoded(it, field)) };
    if (given[key] !== undefined) return { subject: `secrets.${name}.${key}`, text: given[key] };
    return { subject: `RandomPassword ${id}/${field}`, text: password(`${id}/${field}`, name, options) };
  };
  const values = Object.entries<string>(keys).map(([key, field]) => [
    field,
    sound(valueAt(key, field), secretForm(name, key)),
  ]);
  return [{ name: object, values: Object.fromEntries(values) }];
}

type GivenValues = Readonly<Record<string, pulumi.Input<string>>>;

/** `<namespace>/<name>` */
function existingSecret(namespace: string, { existingSecret }: GivenValues): string | undefined {
  if (existingSecret === undefined) return undefined;
  return `${existingSecret}`.includes('/') ? `${existingSecret}` : `${namespace}/${existingSecret}`;
}

/** Of a Secret; one without any value has no `data` at all. */
const decoded = (data: Readonly<Record<string, string>> | undefined, field: string): string | undefined =>
  data?.[field] === undefined ? undefined : Buffer.from(data[field], 'base64').toString();

/** A value, and what a message calls it. */
interface Value {
  readonly subject: string;
  readonly text: pulumi.Input<string | undefined>;
}

/** The text as soon as it is known; an error, which never shows it, where that is not what its reader needs. */
const sound = ({ subject, text }: Value, { fits, remedy }: SecretForm): pulumi.Output<string> =>
  pulumi.output(text).apply((text: unknown) => {
    if (typeof text === 'string' && fits(text)) return text;
    throw new pulumi.RunError(
      `${subject} ${text === undefined ? 'is missing' : 'is not of the form it needs'}; ${remedy}`,
    );
  });

/**
 * A password that is generated once. MySQL keeps its own in a volume that outlives the stack, and would refuse another:
 * that one is protected as well.
 */
function password(id: string, name: SecretName, { parent }: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const args = { length: 32, special: false };
  const options = { parent, ignoreChanges: Object.keys(args), ...(name === 'mysql' && { protect: true }) };
  return new RandomPassword(id, args, options).result;
}
