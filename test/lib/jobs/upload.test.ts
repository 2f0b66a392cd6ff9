import { expect, test } from 'vitest';
import { type PartyPlan, type UploadProps, uploadPlan } from '../../../lib';
import { problemsOf } from '../../support/declarations';
import { hostile } from '../../support/hostile';
import { partiesOf } from '../../support/jobs';

const party = (fate: '1.6.1' | '1.11.2' | '2.2.0'): PartyPlan => partiesOf(fate, {}, {})[0] as PartyPlan;
const table = { name: 'credit_guest' };
const texts = (fate: Parameters<typeof party>[0], upload: object) =>
  problemsOf(() => uploadPlan(party(fate), upload as UploadProps)).map(({ path, what }) => `${path}: ${what}`);

const named = { namespace: 'experiment', table_name: 'credit_guest' };

test('an upload is in the words of each release, in as many parts as the party has cores', () => {
  const fate1 = { head: '1', partition: '8', id_delimiter: ',', drop: '0', ...named };
  expect(uploadPlan(party('1.6.1'), { table }).fields).toEqual({ ...fate1, work_mode: '1', backend: '2' });
  expect(uploadPlan(party('1.11.2'), { table }).fields).toEqual(fate1);
  const { meta, ...fields } = uploadPlan(party('2.2.0'), { table, label: { name: 'Class' } }).fields;
  expect(fields).toEqual({
    head: 'true',
    partitions: '8',
    extend_sid: 'true',
    namespace: 'experiment',
    name: 'credit_guest',
  });
  expect(JSON.parse(`${meta}`)).toEqual({
    delimiter: ',',
    dtype: 'float64',
    match_id_name: 'id',
    label_name: 'Class',
    label_type: 'int64',
  });
});

test('a table is replaced when that is asked for', () => {
  const plan = uploadPlan(party('1.6.1'), { table, replace: true, partitions: 4 });
  expect(plan).toMatchObject({ replace: true, fields: { drop: '1', partition: '4' } });
});

test('what a release is not told with the data is refused, and so is what is wrong, all of it at once', () => {
  expect(texts('1.6.1', { table, id: 'id', label: { name: 'y' } })).toEqual([
    'id: is nothing that FATE 1.6.1 is told with the data',
    'label: is nothing that FATE 1.6.1 is told with the data',
  ]);
  for (const fate of ['1.6.1', '1.11.2'] as const)
    expect(texts(fate, { table, delimiter: ';' })).toEqual([
      `delimiter: ";" stays in the table, where no job of FATE ${fate} looks for it`,
    ]);
  expect(texts('2.2.0', { table, delimiter: ';', id: 'y', label: { name: 'y' } })).toEqual([
    'label.name: "y" is the id',
  ]);
  const wrong = {
    table: { name: 'a/b', namespace: '' },
    partitions: 0,
    delimiter: ', ',
    replace: 'yes',
    label: { nam: 1 },
  };
  expect(texts('2.2.0', wrong)).toEqual([
    'table.name: "a/b" names no table',
    'table.namespace: "" names no table',
    'partitions: 0 is out of range',
    'delimiter: ", " is between no columns',
    'replace: "yes" is no choice',
    'label.nam: is not known here',
    'label.name: is missing',
  ]);
});

test.each(hostile)('%s is answered with problems', (_, value) => {
  for (const upload of [value, { table: value, label: value, partitions: value }])
    expect(texts('2.2.0', upload as object).length).toBeGreaterThan(0);
});
