import * as pulumi from '@pulumi/pulumi';
import type { ExchangeDescriptor, PartyDescriptor } from '../../lib/federation/descriptor';
import type { SparkNodes } from '../../lib/federation/spark-nodes';
import type { NamespaceOffer } from '../../lib/tanzu/cluster';

/** Outputs that stacks read of one another, by name; those of a stack extend {@link Told}. */
export interface SharedOutputs extends NamespaceOffer {
  readonly descriptor: PartyDescriptor | ExchangeDescriptor;
  readonly kubeconfig: string;
  readonly kubernetes: string;
  readonly ingressAddress: string;
  readonly sparkNodes: SparkNodes;
  readonly certificateRequest: string;
  readonly certificates: Readonly<Record<string, string>>;
}

/** The outputs of a stack that are for others. */
export type Told<Name extends keyof SharedOutputs> = { readonly [Key in Name]: pulumi.Input<SharedOutputs[Key]> };

/** An output of another stack, once it is known; `undefined` where that stack has none of the name, or is of another kind. */
export const outputOf = <Name extends keyof SharedOutputs>(
  stack: pulumi.StackReference,
  name: Name,
): pulumi.Output<SharedOutputs[Name] | undefined> => stack.getOutput(name);

/**
 * An output of another stack, awaited; `undefined` where it has none.
 *
 * @param path where the stack is named
 * @throws {pulumi.RunError} when there is no such stack
 */
export async function readOutput<Name extends keyof SharedOutputs>(
  stack: pulumi.StackReference,
  name: Name,
  path: string,
): Promise<SharedOutputs[Name] | undefined> {
  try {
    const { value, secretValue } = await stack.getOutputDetails(name);
    return value ?? secretValue ?? undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new pulumi.RunError(`${path} cannot be read: create it first, with \`pulumi stack init\` (${text})`);
  }
}
