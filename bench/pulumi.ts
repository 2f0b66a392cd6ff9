import * as pulumi from '@pulumi/pulumi';

/** What a program registers. */
export type Registered = Pick<pulumi.runtime.MockResourceArgs, 'type' | 'name' | 'inputs' | 'custom'>;

/**
 * Runs a program on mocks. Prints the milliseconds of CPU that its process took, all in all; or what it registered, as JSON, if
 * its last argument is `record`.
 */
export function run(program: () => unknown): void {
  const registered: Registered[] = [];
  pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs, custom }) => {
      registered.push({ type, name, inputs, custom });
      return { id: name, state: { result: 'of-a-random-password', ...inputs } };
    },
    call: () => ({}),
  });
  process.once('beforeExit', () => {
    const { user, system } = process.cpuUsage();
    console.log(process.argv.at(-1) === 'record' ? JSON.stringify(registered) : (user + system) / 1000);
  });
  program();
}
