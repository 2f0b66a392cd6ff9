import * as pulumi from '@pulumi/pulumi';
import { InvalidInput, type Problems } from '../../lib/input/problems';

/**
 * Ends a program by what its user can mend. Pulumi shows the message alone of a `RunError`, and every other error as an
 * unhandled exception with its stack trace.
 *
 * @throws {pulumi.RunError} for an {@link InvalidInput}, which is its `cause`; any other error as it is
 */
export function refuse(error: unknown): never {
  if (error instanceof InvalidInput) throw new pulumi.RunError(error.message, { cause: error });
  throw error;
}

/** What `make` makes of values that are known late, in an `apply`. @throws {pulumi.RunError} as {@link refuse} does */
export function orRefuse<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    return refuse(error);
  }
}

/** @throws {pulumi.RunError} when there are problems; its `cause` is the {@link InvalidInput} */
export const refuseIfAny = (problems: Problems, subject: string): void => orRefuse(() => problems.throwIfAny(subject));
