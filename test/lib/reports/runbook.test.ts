import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lexer, type Tokens } from 'marked';
import { describe, expect, test } from 'vitest';
import { Exchange, FederatedLearningCluster, ImageDiskMount } from '../../../constructs';
import { planDeclarationFile } from '../../../constructs/declared/declaration-file';
import { exchangePlan, federation, imageDiskMountPlan, partyPlan } from '../../../lib';
import { html } from '../../../lib/formats/html';
import { markdown } from '../../../lib/formats/markdown';
import type { Page } from '../../../lib/formats/page';
import { failures } from '../../../lib/reports/failures';
import { exchangeRunbook, partyRunbook } from '../../../lib/reports/runbook';
import { exchangeDescriptorOf, twoParties } from '../../support/declarations';
import { elementsOf, parseHtml, textOf } from '../../support/html';
import { kubectlCalls, unknownNames } from '../../support/kubectl-lines';
import { objectsOf } from '../../support/objects';

const { exchange, parties } = planDeclarationFile(join(__dirname, '../../../examples/declared/federation.yaml'));
if (exchange === undefined) throw new Error('an exchange is declared');
const others = (id: number) => parties.flatMap((each) => (each.id === id ? [] : [each.id]));

/** As they would be without it. */
const direct = federation({ ...twoParties, exchange: false }).parties;

const addOn = objectsOf(
  (app) => new ImageDiskMount(app, 'image-disk-mount', imageDiskMountPlan({ kubernetes: '1.25' })),
);
const pages = [
  {
    name: 'the exchange',
    page: exchangeRunbook(exchange),
    objects: [...objectsOf((app) => new Exchange(app, 'exchange', exchange)), ...addOn],
  },
  ...[...parties, ...direct].map((plan) => ({
    name: `party ${plan.id}${plan.peers ? ', without an exchange' : ''}`,
    page: partyRunbook(plan, others(plan.id)),
    objects: [...objectsOf((app) => new FederatedLearningCluster(app, 'party', plan)), ...addOn],
  })),
];

test('without an exchange no page sends anybody to one', () => {
  for (const plan of direct) {
    const text = markdown(partyRunbook(plan, others(plan.id)));
    expect(text).not.toMatch(/who runs the exchange|Ways to the exchange|of the exchange,/);
    expect(text).toContain('Ways to other parties');
    expect(text).toContain('A party without an exchange does not know another one');
  }
});

const shellBlocks = (page: Page) =>
  lexer(markdown(page)).flatMap((token) => (token.type === 'code' ? [`${token['text']}`] : []));

describe.each(pages)('the page of $name', ({ page, objects }) => {
  test('names what is drawn of the example that is declared', () => {
    const calls = shellBlocks(page).flatMap((block) => kubectlCalls(block.split('\n')));
    expect(calls.length).toBeGreaterThan(30);
    expect(calls.flatMap((each) => unknownNames(each, objects))).toEqual([]);
  });

  test('has lines that a shell can read', () => {
    for (const input of shellBlocks(page))
      expect(spawnSync('sh', ['-n'], { input, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  test('says the same as HTML, which a browser need not mend', () => {
    const { document, errors } = parseHtml(html(page));
    expect(errors).toEqual([]);
    expect(elementsOf(document, 'pre').map(textOf)).toEqual(shellBlocks(page));
    const ids = elementsOf(document).flatMap(({ attributes }) => attributes['id'] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const links = elementsOf(document, 'a').map(({ attributes }) => `${attributes['href']}`.slice(1));
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('has headings of which no two are alike, so that each row leads to one', () => {
    const headings = lexer(markdown(page)).flatMap((token) => (token.type === 'heading' ? [token['text']] : []));
    expect(new Set(headings).size).toBe(headings.length);
  });

  test('has each failure under the name by which a diagnosis calls it', () => {
    const links = page.blocks.flatMap((block) => ('rows' in block ? block.rows.flat() : []));
    const names = links.flatMap((cell) => (typeof cell === 'string' ? [] : [cell.to]));
    const failures = names.filter((name) => !name.startsWith('at-'));
    expect(failures.length).toBeGreaterThan(15);
    for (const name of failures) expect(markdown(page)).toMatch(new RegExp(`^- \`${name}\`(, by .*)?: `, 'm'));
  });

  test('begins with what is typed first and where to go on, on a screen that leads to every failure in two steps', () => {
    const first = page.blocks.findIndex((block) => 'rows' in block);
    const screen = markdown({ title: page.title, blocks: page.blocks.slice(0, first + 1) });
    expect(screen.split('\n').length).toBeLessThan(40);
    const rowsOf = (block: Page['blocks'][number] | undefined) => (block && 'rows' in block ? block.rows : []);
    const linksOf = (rows: ReturnType<typeof rowsOf>) =>
      rows.flat().flatMap((cell) => (typeof cell === 'string' ? [] : [cell.to]));
    const reached = linksOf(rowsOf(page.blocks[first])).flatMap((place) => {
      const at = page.blocks.findIndex((block) => 'heading' in block && block.id === place);
      return linksOf(rowsOf(page.blocks[at + 1]));
    });
    const told = page.blocks.flatMap((block) => ('heading' in block && block.level === 3 ? [block.id] : []));
    expect(reached).toEqual(told);
  });

  test('has a failure in some ten lines, and what several take once', () => {
    const parts = markdown(page).split(/^##+ .*$/m);
    const lines = parts.map((part) => part.split('\n').filter((line) => line !== '' && !line.startsWith('```')));
    const titles = [...markdown(page).matchAll(/^(##+) (.*)$/gm)];
    const failures = titles.flatMap(([, level], i) => (level === '###' ? [lines[i + 1] ?? []] : []));
    expect(failures.filter((it) => it.length > 18)).toEqual([]);
    const typed = shellBlocks(page).flatMap((block) =>
      block.split('\n').filter((line) => /^\S.*( -- | get --raw )/.test(line)),
    );
    const often = typed.filter((line) => typed.filter((other) => other === line).length > 2);
    expect(often).toEqual([]);
  });

  test('has no code that is opened and not closed', () => {
    expect(JSON.stringify(page).split('`').length % 2).toBe(1);
  });
});

test('no page has what only another member needs', () => {
  const [ofExchange, ...ofParties] = pages.map(({ page }) => markdown(page));
  expect(ofExchange).not.toMatch(/fate-30000|fate-40000|pulsar-cert/);
  for (const [i, text] of ofParties.entries()) {
    const other = parties[1 - i];
    expect(text).not.toContain('fate-exchange');
    expect(text).not.toContain('traffic-server-cert');
    expect(text).not.toContain(`fate-${other?.id}`);
    expect(text).not.toContain(`${other?.addresses?.nginx}`);
  }
});

test('certificates are told with the day from which they are renewed', () => {
  const certificates = [{ name: '30000.example.com', ends: new Date('2027-12-31T00:00:00Z') }];
  const [plan] = federation(twoParties).parties;
  if (plan === undefined) throw new Error('no party');
  const text = markdown(partyRunbook(plan, [40000], { certificates }));
  expect(text).toContain('| `30000.example.com` | 2027-12-01 | 2027-12-31 |');
});

test('a party with backups is told how they come back, by objects that are drawn', () => {
  const backup = { to: { claimGiB: 20 } };
  const plan = partyPlan({ domain: 'example.com', id: 7, backup, exchange: exchangeDescriptorOf() });
  const page = partyRunbook(plan, []);
  const objects = [...objectsOf((app) => new FederatedLearningCluster(app, 'party', plan)), ...addOn];
  const calls = shellBlocks(page).flatMap((block) => kubectlCalls(block.split('\n')));
  expect(calls.flatMap((each) => unknownNames(each, objects))).toEqual([]);
  expect(calls.flat()).toContain('--from=cronjob/restore');
  const without = partyPlan({ domain: 'example.com', id: 7, exchange: exchangeDescriptorOf() });
  expect(markdown(partyRunbook(without, []))).toContain('No backups are declared');
});

test('the declaration is typed as a shell takes it', () => {
  const page = exchangeRunbook(exchange, { declaration: "it's ours.yaml" });
  const input = shellBlocks(page)
    .filter((block) => block.includes('diagnose'))
    .join('\n');
  const run = spawnSync('bash', ['-c', `kubefate-tanzu() { printf '%s\\n' "$2"; }\n${input}`], { encoding: 'utf8' });
  expect(run.stdout).toBe("it's ours.yaml\n");
});

test('no command of the tool that takes a declaration goes without one that is named', () => {
  const page = exchangeRunbook(exchange, { declaration: 'ours.yaml' });
  const lines = shellBlocks(page).flatMap((block) => block.split('\n'));
  const taking = lines.filter((line) =>
    /kubefate-tanzu (diagnose|verify|upgrade|remove|certificates issue)/.test(line),
  );
  expect(taking.length).toBeGreaterThan(3);
  for (const line of taking) expect(`${line} `).toContain(' ours.yaml ');
});

test('where the declaration says which context is whose, the page begins with it', () => {
  const access = { context: "org's" };
  const plan = partyPlan({ domain: 'example.com', id: 7, access, exchange: exchangeDescriptorOf() });
  const [first = ''] = shellBlocks(partyRunbook(plan, []));
  const script = `kubectl() { printf '%s\\n' "$3"; }; kubefate-tanzu() { :; }\n${first}`;
  expect(spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout).toBe("org's\n");
});

test('a member of KubeFATE has no commands that its chart knows no names for', () => {
  const byKubeFate = { domain: 'example.com', transport: 'open', driver: 'kubefate' } as const;
  for (const page of [
    partyRunbook(partyPlan({ ...byKubeFate, id: 7 }), []),
    exchangeRunbook(exchangePlan(byKubeFate)),
  ]) {
    expect(markdown(page)).toContain('is made by KubeFATE');
    expect(shellBlocks(page).join('\n')).not.toMatch(/statefulset|deployment/);
  }
});

test('claims of a party of KubeFATE have the names of its chart', () => {
  const plan = partyPlan({ domain: 'example.com', transport: 'open', driver: 'kubefate', id: 7 });
  const text = markdown(partyRunbook(plan, []));
  expect(text).toContain('`mysql-data`');
  expect(text).not.toContain('`data-mysql-0`');
});

test('what shows at a member is mended by who reads its page, and by nobody else', () => {
  for (const page of [exchangeRunbook(exchange), ...parties.map((plan) => partyRunbook(plan, others(plan.id)))]) {
    const rows = lexer(markdown(page)).flatMap((token) => (token.type === 'table' ? (token as Tokens.Table).rows : []));
    const first = new Map(
      rows.map(([sign, actor]) => [`${sign?.text}`.replace(/^\[(.*)\]\(#.*\)$/, '$1'), actor?.text]),
    );
    const own = ['cluster-unreachable', 'not-deployed', 'pod-restarts', 'pod-pending', 'pod-without-secret'] as const;
    for (const id of own) expect(first.get(failures[id].sign), id).toBe('you');
  }
});

test('the page of the documentation is that of the example: vitest -u writes it', async () => {
  const file = join(__dirname, '../../../docs/runbook-of-a-party.md');
  const [head] = readFileSync(file, 'utf8').split(/(?<=^<!-- .* -->\n)/m);
  const [plan] = parties;
  if (plan === undefined) throw new Error('no party');
  const page = markdown(partyRunbook(plan, others(plan.id)));
  await expect(`${head}\n${page.replace(/^# .*\n\n/, '')}`).toMatchFileSnapshot(file);
});
