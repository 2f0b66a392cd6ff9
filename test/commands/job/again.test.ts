import { afterEach, describe, expect, test } from 'vitest';
import { FlowClient } from '../../../commands/flow/flow-client';
import { again } from '../../../commands/job/again';
import { type FateRelease, releases } from '../../../lib';
import { fateFlow } from '../../support/fate-flow';
import { partiesOf } from '../../support/jobs';

let close = () => {};
afterEach(() => close());

describe.each(Object.keys(releases) as FateRelease[])('a job of FATE %s that has failed', (fate) => {
  async function runAgain(reruns: number) {
    const stand = await fateFlow(fate, { states: ['failed'], reruns });
    close = stand.close;
    const [plan] = partiesOf(fate, {}, {});
    if (plan === undefined) throw new Error('two parties were declared');
    const flow = new FlowClient(plan.id, fate, { url: new URL(stand.url) });
    const submission = { job_runtime_conf: { job_parameters: { common: { work_mode: 1 } } } };
    const { job } = await flow.submit(submission);
    const report = await again({ flow, plan, job }, true, 1);
    const [, path = ''] = releases[fate].jobCalls.rerun.call.split(' ');
    return { ...report, asked: stand.asked.filter((each) => each.path === path).length };
  }

  test('is run again, also where FATE Flow has to be asked once more', async () => {
    expect(await runAgain(1)).toMatchObject({ holds: true, asked: 1, json: { state: 'success' } });
    expect(await runAgain(2)).toMatchObject({ holds: true, asked: 2, json: { state: 'success' } });
  });

  test('and that FATE Flow never takes up is to be submitted anew', async () => {
    const { holds, asked, text } = await runAgain(Number.POSITIVE_INFINITY);
    expect({ holds, asked }).toEqual({ holds: false, asked: 5 });
    expect(text).toMatch(/is still failed: FATE Flow runs nothing of it again\. Submit it anew\.\n$/);
  });
});
