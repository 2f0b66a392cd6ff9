import { expect, test } from 'vitest';
import { Problems } from '../../../lib/input/problems';
import { loadTls } from '../../../stacks/certificates/load-tls';

const failing = (message: string) => async () => {
  throw new Error(message);
};

test('without @pulumi/tls there is a problem that says how to have it', async () => {
  const problems = Problems.none();
  const missing = failing("Cannot find module '@pulumi/tls'\nRequire stack:\n- …");
  expect(await loadTls(problems.at('certificates'), missing)).toBeUndefined();
  expect(() => problems.throwIfAny('x')).toThrow(
    '  certificates: need the package @pulumi/tls, which is not here; run `npm install @pulumi/tls`',
  );
});

test('what else goes wrong with it is shown as it is', async () => {
  const broken = failing("Cannot find module '@pulumi/pulumi'");
  await expect(loadTls(Problems.none(), broken)).rejects.toThrow("'@pulumi/pulumi'");
});
