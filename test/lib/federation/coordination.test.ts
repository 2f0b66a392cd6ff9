import { describe, expect, test } from 'vitest';
import { releases } from '../../../lib/fate/releases';
import { callPattern } from '../../../lib/federation/coordination';

const fits = (pattern: string, said: string) => new RegExp(pattern, 's').test(said);

test.each([
  ['10000 20000 fateflow POST /v1/party/1/guest/20000/create', true],
  ['10000 20000 fateflow POST /v1/party/2021-11_a/host/20000/create', true],
  ['10000 20000 fateflow POST /v1/party/1/guest/10000/create', false],
  ['10000 20000 fateflow POST /v1/party/1/guest/200000/create', false],
  ['10000 20000 fateflow POST /v1/party/1/guest/20000/create/', false],
  ['10000 20000 fateflow POST /v1/party/1/guest/20000/create?', false],
  ['10000 20000 fateflow POST /v1/party/../guest/20000/create', false],
  ['10000 20000 fateflow POST /v1/party/%31/guest/20000/create', false],
  ['10000 20000 fateflow POST /v1/party//guest/20000/create', false],
  ['10000 20000 fateflow POST x/v1/party/1/guest/20000/create', false],
  ['10000 20000 fateflow GET /v1/party/1/guest/20000/create', false],
  ['10000 20000 fateboard POST /v1/party/1/guest/20000/create', false],
  ['10000  fateflow POST /v1/party/1/guest//create', false],
  ['nobody 20000 fateflow POST /v1/party/1/guest/20000/create', false],
])('a call to the party that is called is one, and nothing that resembles it: %s', (said, expected) => {
  expect(fits(callPattern('POST /v1/party/<job>/<role>/<to>/create'), said)).toBe(expected);
});

test('what a party tells of a task is of its own', () => {
  const report = callPattern('POST /v1/initiator/<job>/<role>/<from>/report');
  expect(fits(report, '10000 20000 fateflow POST /v1/initiator/1/host/10000/report')).toBe(true);
  expect(fits(report, '10000 20000 fateflow POST /v1/initiator/1/host/30000/report')).toBe(false);
});

describe.each(Object.entries(releases))('of FATE %s', (_, { coordination }) => {
  const all = [...coordination.calls, ...coordination.probes];

  test('each call is there once', () => {
    expect(new Set(all).size).toBe(all.length);
  });

  test.each([
    '/v1/job/submit',
    '/v1/job/stop',
    '/v1/data/upload',
    '/v1/table/delete',
    '/v1/model/load',
    '/v1/tracking/component/output/data/download',
    '/v1/operation/json_conf/load',
    '/v1/forward/fateboard/do',
    '/v1/party/1/dataio_0/1_dataio_0/0/guest/20000/report',
    '/v1/tracker/1/dataio_0/1_dataio_0/0/guest/20000/metric_data/save',
  ])('users and workers alone call %s', (path) => {
    for (const call of all) expect(fits(callPattern(call), `10000 20000 fateflow POST ${path}`), call).toBe(false);
  });

  test('a refusal is a failure with its message', () => {
    const {
      retcode,
      retmsg,
      code = retcode,
      message = retmsg,
    } = coordination.refusal('why').body as Record<string, unknown>;
    expect([code, message]).toEqual([expect.any(Number), 'why']);
    expect(code).not.toBe(0);
  });
});
