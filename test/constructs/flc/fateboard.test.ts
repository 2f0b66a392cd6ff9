import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type FateRelease, type PartyProps, partyPlan, releases, services } from '../../../lib';
import { secretForm } from '../../../lib/fate/secret-forms';
import { exchangeDescriptorOf } from '../../support/declarations';
import {
  containerOf,
  containersOf,
  environmentOf,
  fileOf,
  find,
  objectsOf,
  podOf,
  workloadsOf,
} from '../../support/objects';

const flc = (fate: FateRelease, props: Partial<PartyProps> = {}) => {
  const agreement = { domain: 'example.com', fate };
  const exchange = exchangeDescriptorOf({ fate });
  return objectsOf(
    (app) => new FederatedLearningCluster(app, 'flc', partyPlan({ ...agreement, id: 30000, exchange, ...props })),
  );
};

/** As `java.util.Properties` reads a file without continued lines. */
const settingsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), unescaped(line.slice(line.indexOf('=') + 1).trimStart())]),
  );

const unescaped = (value: string) =>
  value.replace(/\\(u[0-9a-f]{4}|.)/g, (_, it: string) =>
    it.length === 5 ? String.fromCharCode(Number.parseInt(it.slice(1), 16)) : it,
  );

describe.each(Object.keys(releases) as FateRelease[])('FATE Board of FATE %s', (fate) => {
  const objects = flc(fate);
  const template = fileOf(objects, 'fateboard-config', 'application.properties');
  const container = containerOf(objects, 'fateboard');

  test('finds FATE Flow, and the database where it reads that by itself', () => {
    const settings = settingsOf(template);
    expect(settings.get('fateflow.url')).toBe('http://fateflow:9380');
    const jdbc = settings.get('fateboard.datasource.jdbc-url');
    const { jobs } = releases[fate].fateboard;
    expect(jdbc !== undefined).toBe(jobs === 'mysql');
    if (jdbc !== undefined) {
      expect(new URL(jdbc.slice('jdbc:'.length))).toMatchObject({
        host: `${services.mysql.name}:3306`,
        pathname: '/eggroll_meta',
      });
    }
  });

  test('has every password that it names, and no other', () => {
    const named = [...template.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => `${name}`);
    const given = (container.env ?? []).filter(({ valueFrom }) => valueFrom).map(({ name }) => name);
    expect([...new Set(named)].sort()).toEqual(given.sort());
  });

  test('is behind its Service, in the pod that the release has it in', () => {
    const { selector, ports } = find(objects, 'Service', 'fateboard').spec;
    const behind = workloadsOf(objects).filter(
      ({ spec }) => spec?.template.metadata?.labels?.['app.kubernetes.io/name'] === selector['app.kubernetes.io/name'],
    );
    expect(behind.map(({ metadata }) => metadata?.name)).toEqual([releases[fate].fateboard.pod]);
    const [pod] = behind.map(podOf);
    expect(pod?.containers.map(({ name }) => name)).toContain('fateboard');
    expect(container.ports?.map(({ containerPort }) => containerPort)).toEqual([ports[0].targetPort]);
  });

  test('reads the log files of FATE Flow where it shares its volume, and needs none where it asks for them', () => {
    const onVolume = (container.volumeMounts ?? []).filter(({ name }) => name === 'data');
    const { fateflow, fateboard } = releases[fate];
    const shared = fateboard.pod === 'fateflow';
    expect(onVolume).toEqual(shared ? [{ name: 'data', subPath: 'logs', mountPath: fateflow.directories.logs }] : []);
  });

  test('starts with the file that it reads, whoever reads it', () => {
    const { command = [] } = container;
    const { CONFIGURATION } = environmentOf(container);
    expect(command).toContain(`-Dspring.config.location=${CONFIGURATION}/application.properties`);
  });

  describe.each(['dash', 'bash'])('its start script in %s', (shell) => {
    let directory: string;
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'fateboard-'));
      for (const name of ['templates', 'conf']) mkdirSync(join(directory, name));
      for (const [file, text] of Object.entries<string>(find(objects, 'ConfigMap', 'fateboard-config').data)) {
        writeFileSync(join(directory, 'templates', file), text);
      }
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    const start = (password: string, ...server: string[]) =>
      spawnSync(shell, [join(directory, 'templates/start.sh'), ...server], {
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          FATEBOARD_PASSWORD: password,
          TEMPLATES: join(directory, 'templates'),
          CONFIGURATION: join(directory, 'conf'),
        },
      });
    const file = () => join(directory, 'conf/application.properties');
    const written = () => readFileSync(file(), 'utf8');

    test.each([
      'simple',
      ' ',
      ' both ends ',
      '\\',
      '\\u0041',
      '&',
      '\\1 &',
      '#!',
      '=:',
      '%s',
      '"',
      "'",
      '`id`',
      'a\nb=c',
    ])('takes the password %j as it is, and nothing else changes', (password) => {
      expect(start(password, 'true').status).toBe(0);
      const expected = new Map(settingsOf(template)).set('server.board.login.password', password);
      expect([...settingsOf(written())]).toEqual([...expected]);
    });

    test('takes any password that a Secret may hold', () => {
      const { fits } = secretForm('fateboard', 'password');
      const characters = fc.integer({ min: 1, max: 127 }).map((code) => String.fromCharCode(code));
      fc.assert(
        fc.property(fc.string({ minLength: 1, unit: characters }).filter(fits), (password) => {
          start(password, 'true');
          expect(settingsOf(written()).get('server.board.login.password')).toBe(password);
        }),
        { numRuns: 30 },
      );
    });

    test('lets nobody else read the file, in the place of one that everybody may read', () => {
      writeFileSync(file(), 'old=true\n');
      chmodSync(file(), 0o664);
      start('secret', 'true');
      expect(statSync(file()).mode & 0o777).toBe(0o600);
      expect(written()).not.toContain('old');
    });

    test('becomes the server, with its arguments', () => {
      const { pid, stdout, status } = start('secret', 'sh', '-c', 'echo $$ "$1"; exit 7', 'server', 'two words');
      expect([stdout, status]).toEqual([`${pid} two words\n`, 7]);
    });

    test('starts no server without a password, and never prints one', () => {
      const { status, stdout, stderr } = start('', 'echo', 'started');
      expect([status, stdout]).not.toEqual([0, 'started\n']);
      expect(stderr).toContain('FATEBOARD_PASSWORD');
      const shown = start('hunter2', 'true');
      expect(shown.stdout + shown.stderr).not.toContain('hunter2');
    });
  });
});

test('what is said of its pod counts where it has one, and is refused where it has none', () => {
  const pods = { fateboard: { nodeSelector: { disk: 'ssd' } } };
  const workload = find(flc('1.11.2', { pods }), 'Deployment', 'fateboard');
  expect(podOf(workload).nodeSelector).toEqual({ disk: 'ssd' });
  expect(() => flc('1.6.1', { pods })).toThrow("pods.fateboard: is in FATE Flow's pod in FATE 1.6.1; use fateflow");
});

test('beside FATE Flow it has no pod, and apart it is in no other', () => {
  const podsWith = (fate: FateRelease) =>
    workloadsOf(flc(fate))
      .filter((it) => containersOf(podOf(it)).some(({ name }) => name === 'fateboard'))
      .map(({ kind, metadata }) => `${kind}/${metadata?.name}`);
  expect(podsWith('1.6.1')).toEqual(['StatefulSet/fateflow']);
  expect(podsWith('1.11.2')).toEqual(['Deployment/fateboard']);
});
