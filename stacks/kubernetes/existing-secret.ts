import * as pulumi from '@pulumi/pulumi';

/**
 * A Secret that somebody else keeps, read at every update. Its inputs are those that the provider gives back at a refresh:
 * `Secret.get` of the SDK has none, so that every refresh would find a change.
 *
 * @see pulumi-kubernetes v4, `provider/pkg/provider/provider.go`, `Read`
 */
export class ExistingSecret extends pulumi.CustomResource {
  /** By key, as base64; none of a Secret without values. */
  declare readonly data: pulumi.Output<Readonly<Record<string, string>> | undefined>;

  /** @param id `<namespace>/<name>`; one that is known is read in previews too, so that it must exist */
  constructor(resourceName: string, id: pulumi.Input<string>, options: pulumi.CustomResourceOptions) {
    const metadata = pulumi.output(id).apply((id) => {
      const [namespace, name] = id.split('/');
      return { namespace, name };
    });
    const inputs = { apiVersion: 'v1', kind: 'Secret', metadata, data: undefined };
    super('kubernetes:core/v1:Secret', resourceName, inputs, { ...options, id, additionalSecretOutputs: ['data'] });
  }
}
