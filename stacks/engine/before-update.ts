import * as pulumi from '@pulumi/pulumi';

/**
 * A hook that runs before a resource changes, in a preview too; what it throws fails the resource. Pulumi's mocks know no
 * hooks, so that there is none in a unit test.
 */
export function beforeUpdate(name: string, run: pulumi.ResourceHookFunction): pulumi.ResourceHookBinding {
  if (!('registerResourceHook' in Object(pulumi.runtime.getMonitor()))) return {};
  return { beforeUpdate: [new pulumi.ResourceHook(name, run, { onDryRun: true })] };
}

/** Warns before a component changes; its inputs are what the state keeps for that. */
export const warnBeforeUpdate = <Inputs extends object>(
  name: string,
  warnings: (before: Partial<Inputs>) => readonly string[],
): pulumi.ResourceHookBinding =>
  beforeUpdate(`${name}-lasting-values`, async ({ oldInputs = {} }) => {
    for (const warning of warnings(oldInputs as Partial<Inputs>)) await pulumi.log.warn(warning);
  });
