import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ExchangeConfig, exchangeStack } from '../../stacks/exchange';
import { type PartyConfig, partyStack } from '../../stacks/party';
import type { PartySource } from '../../stacks/references/descriptors';
import { type Recording, record, type World } from '../support/pulumi-recorder';
import { certifyingCluster, exchangeSecrets, paperCluster, partySecrets, types } from '../support/stacks';

/** What a Pulumi backend keeps: the outputs of every stack, by name. */
type Stacks = Record<string, Readonly<Record<string, unknown>>>;

const federation = { domain: 'example.com' };
const nameOf = (stack: string) => `acme/kubefate-tanzu/${stack}`;

/** Deploys the exchange for parties of these ids, and leaves its outputs among the stacks. */
async function deployExchange(
  stacks: Stacks,
  ids: readonly number[],
  { secrets, certificates, resource }: Certified<ExchangeConfig> = { secrets: exchangeSecrets },
): Promise<Recording> {
  const parties: PartySource[] = ids.map((id) => ({ stack: `party-${id}` }));
  const run = await record(() => exchangeStack({ federation, parties, secrets, certificates }), {
    stacks,
    resource: resource ?? paperCluster,
  });
  stacks[nameOf('exchange')] = run.outputs;
  return run;
}

async function deployParty(
  stacks: Stacks,
  id: number,
  { secrets, certificates, resource }: Certified<PartyConfig> = { secrets: partySecrets },
): Promise<Recording> {
  const exchange = { stack: 'exchange' };
  const run = await record(() => partyStack({ federation, party: { id }, exchange, secrets, certificates }), {
    stacks,
    resource: resource ?? paperCluster,
  });
  stacks[nameOf(`party-${id}`)] = run.outputs;
  return run;
}

/** How a member comes by its certificate. */
type Certified<Config extends ExchangeConfig | PartyConfig> = Pick<Config, 'secrets' | 'certificates'> &
  Pick<World, 'resource'>;

/** Resources that an update would create, change or delete: all that is recorded of one but what it depends on. */
function changes(before: Recording, after: Recording): string[] {
  const [old, now] = [before, after].map(
    ({ resources }) =>
      new Map(resources.map(({ key, dependencies: _, propertyDependencies: __, ...rest }) => [key, rest])),
  );
  const keys = new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])]);
  return [...keys]
    .filter((key) => !key.startsWith('pulumi:pulumi:') && !isDeepStrictEqual(old?.get(key), now?.get(key)))
    .sort();
}

/** With whom the policies let through, and the component, which is asked first. */
const ofRoutes = [
  `${types.exchange}::exchange`,
  ...['nginx-route-table', 'traffic-server-sni'].map((name) => `${types.configMap}::fate-exchange/${name}`),
  ...['nginx', 'traffic-server'].map((name) => `${types.networkPolicy}::fate-exchange/${name}`),
];

test('exchange, parties, exchange again: a line of updates, whose last one changes two route tables and two policies', async () => {
  const stacks: Stacks = { [nameOf('party-30000')]: {}, [nameOf('party-40000')]: {} };
  const empty = await deployExchange(stacks, [30000, 40000]);
  expect(empty.warnings()).toHaveLength(2);
  expect(empty.outputs['routes']).toEqual([]);

  const first = await deployParty(stacks, 30000);
  const second = await deployParty(stacks, 40000);

  const routed = await deployExchange(stacks, [30000, 40000]);
  expect(changes(empty, routed)).toEqual(ofRoutes);
  expect(routed.warnings()).toEqual([]);
  const sni = routed.get(types.configMap, 'fate-exchange/traffic-server-sni').inputs['data'] as Record<string, string>;
  expect(parse(sni['sni.yaml'] ?? '')).toEqual({
    sni: [
      { fqdn: '30000.example.com', tunnel_route: '192.0.2.73:6651' },
      { fqdn: '40000.example.com', tunnel_route: '192.0.2.164:6651' },
    ],
  });
  const [stack30000, stack40000] = [30000, 40000].map((id) => `stack ${nameOf(`party-${id}`)}`);
  expect(routed.outputs['routes']).toEqual([
    { fqdn: '30000.example.com', nginx: '192.0.2.72:9300', pulsar: '192.0.2.73:6651', source: stack30000 },
    { fqdn: '40000.example.com', nginx: '192.0.2.165:9300', pulsar: '192.0.2.164:6651', source: stack40000 },
  ]);

  expect(changes(first, await deployParty(stacks, 30000))).toEqual([]);
  expect(changes(second, await deployParty(stacks, 40000))).toEqual([]);
  expect(changes(routed, await deployExchange(stacks, [30000, 40000]))).toEqual([]);
});

test('with certificates that the stacks make the line is as short: each party once more, for one Secret', async () => {
  const stacks: Stacks = { [nameOf('party-30000')]: {}, [nameOf('party-40000')]: {} };
  const resource = certifyingCluster();
  const exchange = () => deployExchange(stacks, [30000, 40000], { certificates: { authority: true }, resource });
  const party = (id: number) => deployParty(stacks, id, { certificates: { stack: 'exchange' }, resource });

  const first = await exchange();
  const asked = [await party(30000), await party(40000)];
  const second = await exchange();
  expect(changes(first, second)).toEqual([...ofRoutes, `${types.signed}::party-30000`, `${types.signed}::party-40000`]);
  const certified = [await party(30000), await party(40000)];
  expect(certified.map((run, i) => asked[i] && changes(asked[i], run))).toEqual(
    [30000, 40000].map((id) => [`${types.partyCertificate}::party-${id}`, `${types.secret}::fate-${id}/pulsar-cert`]),
  );
  expect(certified.flatMap((run) => run.warnings())).toEqual([]);

  expect(changes(second, await exchange())).toEqual([]);
  const again = [await party(30000), await party(40000)];
  expect(again.map((run, i) => certified[i] && changes(certified[i], run))).toEqual([[], []]);
});

test('one more party changes the two route tables, and nothing in the other parties', async () => {
  const stacks: Stacks = {};
  await deployExchange(stacks, []);
  const before = [await deployParty(stacks, 30000), await deployParty(stacks, 40000)];
  const two = await deployExchange(stacks, [30000, 40000]);

  await deployParty(stacks, 50000);
  const three = await deployExchange(stacks, [30000, 40000, 50000]);
  expect(changes(two, three)).toEqual(ofRoutes);
  const after = [await deployParty(stacks, 30000), await deployParty(stacks, 40000)];
  expect(before.map((run, i) => after[i] && changes(run, after[i]))).toEqual([[], []]);
});

test('a party that leaves takes its route with it', async () => {
  const stacks: Stacks = {};
  await deployExchange(stacks, []);
  await deployParty(stacks, 30000);
  await deployParty(stacks, 40000);
  const two = await deployExchange(stacks, [30000, 40000]);
  const one = await deployExchange(stacks, [40000]);
  expect(changes(two, one)).toEqual(ofRoutes);
  expect(one.outputs['routes']).toMatchObject([{ fqdn: '40000.example.com' }]);
});
