import { afterEach, expect, test } from 'vitest';
import { FlowClient } from '../../../commands/flow/flow-client';
import { endOf } from '../../../commands/flow/wait';
import { type FateRelease, releases } from '../../../lib';
import { fateFlow } from '../../support/fate-flow';

let close = () => {};
afterEach(() => close());

/** What is told of a job that has these tasks, until it ends. */
async function toldOf(fate: FateRelease, tasks: Readonly<Record<string, string>>, stand: number) {
  const flow = await fateFlow(fate, { states: ['waiting', 'running', 'running', 'running', 'success'], tasks });
  close = flow.close;
  const client = new FlowClient(30000, fate, { url: new URL(flow.url) });
  const { job } = await client.submit({ job_runtime_conf: { job_parameters: { common: { work_mode: 1 } } } });
  const told: string[] = [];
  const end = await endOf(client, job, {
    signal: new AbortController().signal,
    told: (news) => told.push(news),
    stand,
  });
  expect(end).toBe('success');
  return told;
}

const stands = /^running: 1 of 2 tasks are done; nothing of it has been at work for two minutes\. .*submit it anew$/;

test.each(Object.keys(releases) as FateRelease[])(
  'a job of FATE %s that runs, and has no task at work for long, is told of while it is waited for',
  async (fate) => {
    const told = await toldOf(fate, { reader_0: 'success', homo_lr_0: 'waiting' }, 1);
    expect(told.filter((it) => stands.test(it))).toHaveLength(1);
    expect(told.filter((it) => it.startsWith('waiting'))).toEqual(['waiting: 1 of 2 tasks are done']);
  },
);

test('of one with a task at work nothing is said, nor of one that stands for a moment', async () => {
  const atWork = await toldOf('2.2.0', { reader_0: 'success', homo_lr_0: 'running' }, 0);
  expect(atWork.slice(1)).toEqual(['running: 1 of 2 tasks are done, at work: homo_lr_0', 'success']);
  const between = await toldOf('2.2.0', { reader_0: 'success', homo_lr_0: 'waiting' }, 60_000);
  expect(between.slice(1)).toEqual(['running: 1 of 2 tasks are done', 'success']);
});
