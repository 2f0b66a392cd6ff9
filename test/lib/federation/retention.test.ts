import { expect, test } from 'vitest';
import { capacity, clusterFile, partyPlan, type RetentionProps, releases } from '../../../lib';
import { openPoints } from '../../../lib/reports/open-points';
import { problemsOf } from '../../support/declarations';

const party = (retention?: unknown, more: object = {}) =>
  partyPlan({ domain: 'example.com', id: 30000, retention: retention as RetentionProps, ...more });

test('what jobs leave stays for ever, unless something else is declared', () => {
  expect(party().retention).toBeUndefined();
});

test.each<[object, object]>([
  [{}, { logsDays: 90, jobsDays: 90, schedule: '0 4 * * *' }],
  [{ logsDays: 30 }, { logsDays: 30, jobsDays: 90, schedule: '0 4 * * *' }],
  [
    { jobsDays: 1, logsDays: 3650, schedule: '0 5 * * 6' },
    { jobsDays: 1, logsDays: 3650, schedule: '0 5 * * 6' },
  ],
])('%j is %j', (declared, planned) => {
  expect(party(declared).retention).toEqual(planned);
});

test.each<[string, unknown, readonly string[]]>([
  ['no map', 90, ['retention']],
  ['no days', { logsDays: 0, jobsDays: 3651 }, ['retention.logsDays', 'retention.jobsDays']],
  ['half a day', { logsDays: 0.5 }, ['retention.logsDays']],
  ['text', { jobsDays: '90' }, ['retention.jobsDays']],
  ['another word', { days: 90 }, ['retention.days']],
  ['no schedule', { schedule: 'daily' }, ['retention.schedule']],
])('%s is refused where it stands', (_, declared, paths) => {
  expect(problemsOf(() => party(declared)).map(({ path }) => path)).toEqual(paths);
});

test('its pod finds room on the node of FATE Flow', () => {
  const nodes = { vmClass: 'best-effort-2xlarge', count: 3 } as const;
  const requestOf = (plan: ReturnType<typeof party>) => {
    const { placed, pending } = capacity([plan], nodes);
    return [...placed, ...pending].find(({ name }) => name === 'fateflow')?.requests.cpu ?? 0;
  };
  expect(requestOf(party({})) - requestOf(party())).toBeCloseTo(0.1);
});

test.each(Object.keys(releases).filter((fate) => 'charts' in releases[fate as keyof typeof releases]))(
  'of FATE %s with KubeFATE nothing is deleted, and whoever declares it is told what to do',
  (fate) => {
    const plan = party({}, { fate, driver: 'kubefate', transport: 'open' });
    const limits = clusterFile(plan).limits.filter(({ path }) => path === 'retention');
    expect(limits).toMatchObject([{ fatal: false, consequence: expect.stringContaining('runbook') }]);
    expect(openPoints({ parties: [plan] }).some(({ what }) => what.includes('retention'))).toBe(true);
  },
);
