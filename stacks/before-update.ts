import * as pulumi from '@pulumi/pulumi';

/**
 * A hook that runs before a resource changes, in a preview too; what it throws fails the resource. Pulumi's mocks know no
 * hooks, so that there is none in a unit test.
 */
export function beforeUpdate(name: string, run: pulumi.ResourceHookFunction): pulumi.ResourceHookBinding {
  if (!('registerResourceHook' in Object(pulumi.runtime.getMonitor()))) return {};
  return { beforeUpdate: [new pulumi.ResourceHook(name, run, { onDryRun: true })] };
}
