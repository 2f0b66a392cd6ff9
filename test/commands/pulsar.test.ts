import { writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { toolInFolder } from '../support/command-line';

const { run, path } = toolInFolder();
const external = (id: number) =>
  `pulsar: { external: { host: pulsar-${id}.example.com, public: { address: 192.0.2.80, port: ${id} } } }`;
beforeAll(() =>
  writeFileSync(
    path('elsewhere.yaml'),
    `domain: example.com\nexchange: { addresses: { trafficServer: 192.0.2.68, nginx: 192.0.2.69 } }\nparties: [{ id: 30000, ${external(30000)} }, { id: 40000, ${external(40000)} }, { id: 50000 }]\n`,
  ),
);

/** Lines with keys, file by file. */
function keysOf(text: string): readonly (readonly string[])[] {
  const [, ...parts] = text.split(/^# (?=\w+\.conf)/m);
  return parts.map((part) =>
    part
      .split('\n')
      .slice(1)
      .filter((line) => /^[^#]/.test(line)),
  );
}

test('whoever runs the Pulsar of a party is told keys that they can copy, file by file, and no secret', () => {
  const { status, stdout, stderr } = run('pulsar', 'elsewhere.yaml', '--party', '30000');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const json = JSON.parse(run('pulsar', 'elsewhere.yaml', '--party', '30000', '--json').stdout);
  expect(json).toMatchObject({ pulsars: [{ party: 30000, host: 'pulsar-30000.example.com' }] });
  const files = json.pulsars[0].files;
  expect(files['broker.conf']).toMatchObject({ replicatorPrefix: 'pulsar.repl.30000', clusterName: 'standalone' });
  const told = Object.values<object>(files).map((keys) =>
    Object.entries(keys).map(([key, value]) => `${key}=${value}`),
  );
  expect(keysOf(stdout)).toEqual(told);
  expect(told).toHaveLength(3);
  expect(stdout).not.toContain('PRIVATE KEY');
});

test('without a name it is each party that has one, and no other', () => {
  const { pulsars } = JSON.parse(run('pulsar', 'elsewhere.yaml', '--json').stdout);
  expect(pulsars.map(({ party }: { party: number }) => party)).toEqual([30000, 40000]);
  const { stdout } = run('pulsar', 'elsewhere.yaml');
  expect(stdout.match(/^# Pulsar of party \d+/gm)).toEqual(['# Pulsar of party 30000', '# Pulsar of party 40000']);
});

test('a party with a Pulsar of its own has nobody to be told', () => {
  for (const line of [['federation.yaml'], ['elsewhere.yaml', '--party', '50000']]) {
    const { status, stdout, stderr } = run('pulsar', ...line);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('every party has a Pulsar of its own: none declares pulsar.external');
  }
});
