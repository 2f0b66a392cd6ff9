import type { Secret } from 'kubernetes-types/core/v1';
import { secretForm } from '../../lib/fate/secret-forms';
import { type SecretName, secrets } from '../../lib/fate/secrets';
import { manifestYaml } from '../../lib/formats/yaml';

/** A Secret, as a manifest. */
export type SecretManifest = Secret & {
  readonly kind: 'Secret';
  readonly metadata: { readonly namespace: string; readonly name: string };
};

/**
 * A Secret with the values that its pods read, in `data`: server-side apply never removes a key of `stringData`.
 *
 * @param values by the keys of `secrets`: `rootPassword`
 * @throws {Error} when a value, which it does not show, is not of the form that its reader needs
 */
export function secretManifest(
  namespace: string,
  secret: SecretName,
  values: Readonly<Record<string, string>>,
): SecretManifest {
  const { name, keys } = secrets[secret];
  const data = Object.entries<string>(keys).map(([key, field]) => {
    const { fits } = secretForm(secret, key);
    const value = values[key] ?? '';
    if (!fits(value)) throw new Error(`${field} of Secret ${namespace}/${name} is not of the form it needs`);
    return [field, Buffer.from(value).toString('base64')];
  });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type: 'Opaque',
    data: Object.fromEntries(data),
  };
}

/** Values of a Secret by its own keys, as far as they can be read: `broker.cert.pem`. */
export function secretValues({ data, stringData }: Secret): Readonly<Record<string, string>> {
  const decoded = Object.entries(data ?? {}).map(([field, value]) => [
    field,
    Buffer.from(`${value}`, 'base64').toString(),
  ]);
  return { ...Object.fromEntries(decoded), ...stringData };
}

/** Manifests as one stream of YAML. */
export const manifestsText = (manifests: readonly object[]): string =>
  manifests.map((each) => `---\n${manifestYaml(each)}`).join('');
