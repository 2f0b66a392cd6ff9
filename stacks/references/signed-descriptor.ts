import * as pulumi from '@pulumi/pulumi';
import type { ExchangeDescriptor, PartyDescriptor } from '../../lib/federation/descriptor';
import { signDescriptor } from '../../lib/federation/signed-descriptor';
import { InvalidInput } from '../../lib/input/problems';

/** Certificate and key, as far as the stack is given them. */
interface Values {
  readonly certificate?: pulumi.Input<string>;
  readonly key?: pulumi.Input<string>;
}

/**
 * A descriptor, signed by its member for whoever gets it as a file. None where certificate and key are somebody else's to read;
 * `undefined`, and a warning, where they are not the member's.
 */
export function signedDescriptor(
  descriptor: pulumi.Output<PartyDescriptor | ExchangeDescriptor> | undefined,
  values: object | undefined,
): pulumi.Output<string | undefined> | undefined {
  const { certificate, key }: Values = values ?? {};
  if (descriptor === undefined || certificate === undefined || key === undefined) return undefined;
  const signed = pulumi.all([descriptor, certificate, key]).apply(([descriptor, certificate, key]) => {
    try {
      return signDescriptor(descriptor, { certificate, key });
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      void pulumi.log.warn(error.message);
      return undefined;
    }
  });
  return pulumi.unsecret(signed); // a signature tells nothing of the key
}
