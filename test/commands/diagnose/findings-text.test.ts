import { expect, test } from 'vitest';
import { pagesText, summary } from '../../../commands/diagnose/findings-text';
import type { Handled } from '../../../lib/diagnosis/remedy';

const finding = (verdict: Handled['verdict']): Handled => ({
  member: 30000,
  layer: 'pods',
  step: 'a',
  what: 'all is well',
  saw: 'it',
  verdict,
  meaning: 'why',
  page: 'fate-30000.html#mysql-lost',
  commands: [],
});

test('the line that makes pages is one for a shell, whatever the declaration is called', () => {
  expect(pagesText([finding('fails')], 'my federation.yaml')).toBe(
    "Pages are written by: kubefate-tanzu runbook 'my federation.yaml' --format html --out runbook\n",
  );
  expect(pagesText([finding('fails')], 'a/b.yaml')).toContain(' runbook a/b.yaml --format ');
  expect(pagesText([finding('holds')], 'a/b.yaml')).toBe('');
});

test('one check holds, and several hold', () => {
  expect(summary([finding('holds')])).toBe('1 of 1 check holds\n');
  expect(summary([finding('holds'), finding('holds')])).toBe('2 of 2 checks hold\n');
});
