import * as pulumi from '@pulumi/pulumi';

/**
 * A hook that runs before a resource changes, in a preview too; what it throws fails the resource. Pulumi's mocks know no
 * hooks, so that there is none in a unit test.
 */
export function beforeUpdate(name: string, run: pulumi.ResourceHookFunction): pulumi.ResourceHookBinding {
  if (!('registerResourceHook' in Object(pulumi.runtime.getMonitor()))) return {};
  return { beforeUpdate: [new pulumi.ResourceHook(name, run, { onDryRun: true })] };
}

/** To depend on: comes when what is checked before an update holds. */
export type Checked = Promise<pulumi.Resource[]>;

/**
 * The check of a component's hooks, which run before the engine has registered it. To depend on the component itself is to
 * wait for its children, which may never be ready.
 *
 * @param component made in the same turn, before or afterwards
 */
export const checkOf = (component: () => pulumi.ComponentResource): Checked =>
  Promise.resolve().then(() => new Promise((resolve) => component().urn.apply(() => resolve([]))));

/**
 * Warns before a component changes; its inputs are what the state keeps for that.
 *
 * @param check throws where what the component was or has told until now does not fit: nothing of it changes then
 */
export const warnBeforeUpdate = <Inputs extends object, Told extends object = object>(
  name: string,
  warnings: (before: Partial<Inputs>) => readonly string[],
  check: (told: Partial<Told>, before: Partial<Inputs>) => void = () => {},
): pulumi.ResourceHookBinding =>
  beforeUpdate(`${name}-lasting-values`, async ({ oldInputs = {}, oldOutputs = {} }) => {
    check(oldOutputs as Partial<Told>, oldInputs as Partial<Inputs>);
    for (const warning of warnings(oldInputs as Partial<Inputs>)) await pulumi.log.warn(warning);
  });
