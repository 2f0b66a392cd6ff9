import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Exchange, FederatedLearningCluster, ImageDiskMount } from '../../../../constructs';
import {
  type ExchangeDescriptor,
  type FateRelease,
  type Federation,
  type FederationProps,
  federation,
  imageDiskMountPlan,
  partyPlan,
  releases,
} from '../../../../lib';
import { failureIds, failures, type Handling } from '../../../../lib/reports/failures';
import { exchangeDescriptorOf, twoParties } from '../../../support/declarations';
import { kubectlCalls, unknownNames } from '../../../support/kubectl-lines';
import { objectsOf } from '../../../support/objects';

const addOn = objectsOf(
  (app) => new ImageDiskMount(app, 'image-disk-mount', imageDiskMountPlan({ kubernetes: '1.25' })),
);

interface Handled {
  readonly name: string;
  readonly handling: Handling;
  readonly objects: readonly object[];
}

/** Every failure at every member that has it. */
function handled({ exchange, parties }: Pick<Federation, 'parties'> & Partial<Federation>): readonly Handled[] {
  const gate = exchange && objectsOf((app) => new Exchange(app, 'exchange', exchange));
  const all = parties.map((plan) => ({
    plan,
    others: parties.flatMap(({ id }) => (id === plan.id ? [] : [id])),
    objects: [...objectsOf((app) => new FederatedLearningCluster(app, 'party', plan)), ...addOn],
  }));
  return failureIds.flatMap((id) => {
    const { party, exchange: atExchange } = failures[id];
    const places = [
      ...all.map(({ plan, others, objects }) => ({
        handling: party?.({ plan, others }),
        objects,
        name: `${id} at ${plan.id}`,
      })),
      ...(exchange && gate
        ? [{ handling: atExchange?.({ plan: exchange }), objects: [...gate, ...addOn], name: `${id} at the exchange` }]
        : []),
    ];
    return places.flatMap(({ handling, ...place }) => (handling ? [{ handling, ...place }] : []));
  });
}

const issued = { certManager: { issuer: 'federation-ca' } };
const variants: readonly (readonly [string, Parameters<typeof handled>[0]])[] = [
  ...(Object.keys(releases) as FateRelease[]).map(
    (fate) => [`FATE ${fate}`, federation({ ...twoParties, fate })] as const,
  ),
  ['an open federation', federation({ ...twoParties, transport: 'open' })],
  [
    'cert-manager',
    federation({
      ...twoParties,
      exchange: { ...twoParties.exchange, ...issued },
      parties: twoParties.parties.map((party) => ({ ...party, ...issued })),
    } satisfies FederationProps),
  ],
  [
    'a party that knows no other',
    { parties: [partyPlan({ domain: 'example.com', id: 7, exchange: exchangeDescriptorOf() })] },
  ],
  [
    'a Pulsar of several pods',
    federation({ ...twoParties, parties: twoParties.parties.map((it) => ({ ...it, pulsar: { cluster: true } })) }),
  ],
  [
    'a Pulsar of several pods at a party that stands alone',
    { parties: [partyPlan({ domain: 'example.com', id: 7, pulsar: { cluster: { bookies: 4 } } })] },
  ],
  ['parties without an exchange', federation({ ...twoParties, exchange: false })],
  [
    'a party whose programs others run',
    {
      parties: [
        partyPlan({
          domain: 'example.com',
          id: 7,
          exchange: exchangeDescriptorOf(),
          mysql: { external: { host: 'mysql.example.com' } },
          pulsar: { external: { host: 'pulsar.example.com', public: { address: '192.0.2.80' } } },
        }),
      ],
    },
  ],
  ['Spark workers on nodes of their own', { parties: [partyPlan({ domain: 'example.com', id: 7, sparkNodes: true })] }],
  ['a party that stands alone', { parties: [partyPlan({ domain: 'example.com', id: 7, datanodes: 3 })] }],
];

describe.each(variants)('with %s', (_, plans) => {
  const all = handled(plans);
  const lines = ({ check, commands }: Handling) => [check, commands].filter(({ length }) => length > 0);

  test('what is typed names workloads, pods, containers, ports, claims and Secrets that are drawn', () => {
    const unknown = all.flatMap(({ name, handling, objects }) =>
      lines(handling)
        .flatMap(kubectlCalls)
        .flatMap((call) => unknownNames(call, objects).map((what) => `${name}: ${what} in ${call.join(' ')}`)),
    );
    expect(unknown).toEqual([]);
  });

  test('what is typed is what a shell can read', () => {
    const scripts = all.flatMap(({ handling }) => lines(handling).map((each) => each.join('\n')));
    // One run for all: each is a function of its own.
    const input = scripts.map((script, i) => `f${i}() {\n${script}\n}\n`).join('');
    expect(spawnSync('sh', ['-n'], { input, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  test('what is looked at changes nothing', () => {
    const verbs = all.flatMap(({ handling }) =>
      kubectlCalls(handling.check).map(
        (call) => call.filter((it, i, own) => !it.startsWith('-') && own[i - 1] !== '-n')[1],
      ),
    );
    expect(
      [...new Set(verbs)].filter((verb) => !['get', 'describe', 'logs', 'exec', 'version'].includes(`${verb}`)),
    ).toEqual([]);
  });
});

test('an address, a port or a domain that is another one is another one in what is typed', () => {
  const exchange: ExchangeDescriptor = {
    ...exchangeDescriptorOf({ domain: 'fl.example.org' }),
    trafficServer: { address: 'gate.example.org', port: 8443 },
  };
  const plan = partyPlan({ domain: 'fl.example.org', id: 7, namespace: 'ours', exchange });
  const text = JSON.stringify(failureIds.map((id) => failures[id].party?.({ plan, others: [8] })));
  expect(text).toContain('gate.example.org/8443');
  expect(text).toContain('gate.example.org:8443 --name 8.fl.example.org --as certificates/7.fl.example.org');
  expect(text).not.toMatch(/fate-7|example\.com|192\.0\.2\.68/);
});

test('nothing that only others need is on the page of a party', () => {
  const { parties } = federation(twoParties);
  const [plan] = parties;
  if (plan === undefined) throw new Error('no party');
  const text = JSON.stringify(failureIds.map((id) => failures[id].party?.({ plan, others: [40000] })));
  expect(text).not.toMatch(/192\.0\.2\.16[45]|fate-40000|fate-exchange/);
});
