import { describe, expect, test } from 'vitest';
import { type ComputeProps, type FateRelease, partyPlan, releases } from '../../../lib';
import { problemsOf } from '../../support/declarations';

const party = (compute: ComputeProps | undefined, fate: FateRelease = '1.11.2') =>
  partyPlan({ domain: 'example.com', fate, id: 30000, compute });

/** @see KubeFATE v1.11.2, "Support matrix"; FATE-Builder, `docker-build/build.sh`, which builds these and no others for Spark */
test.each([
  [undefined, 'fateflow-spark', 'spark-worker'],
  [{}, 'fateflow-spark', 'spark-worker'],
  [{ algorithm: 'basic', device: 'cpu' }, 'fateflow-spark', 'spark-worker'],
  [{ device: 'ipcl' }, 'fateflow-spark-ipcl', 'spark-worker-ipcl'],
  [{ algorithm: 'nn' }, 'fateflow-spark-nn', 'spark-worker-nn'],
  [{ algorithm: 'nn', device: 'gpu' }, 'fateflow-spark-nn-gpu', 'spark-worker-nn-gpu'],
  [{ algorithm: 'all', device: 'gpu' }, 'fateflow-spark-all-gpu', 'spark-worker-all-gpu'],
] as const)(
  'FATE 1.11.2 that computes %j runs %s and %s, and all other images as ever',
  (compute, fateflow, worker) => {
    const { images } = party(compute);
    const { trafficServer: _, ...usual } = releases['1.11.2'].images;
    expect(images).toEqual({
      ...usual,
      fateflow: `federatedai/${fateflow}:1.11.2-release`,
      sparkWorker: `federatedai/${worker}:1.11.2-release`,
    });
  },
);

test('an image of the declaration is in the place of the build', () => {
  const plan = partyPlan({
    domain: 'example.com',
    fate: '1.11.2',
    id: 30000,
    compute: { algorithm: 'nn' },
    images: { fateflow: 'harbor.example.com/fateflow:own' },
    registry: 'harbor.example.com/fate',
  });
  expect(plan.images.fateflow).toBe('harbor.example.com/fateflow:own');
  expect(plan.images.sparkWorker).toBe('harbor.example.com/fate/spark-worker-nn:1.11.2-release');
});

test('a GPU is one where nothing is said, and none without them', () => {
  expect(party({ algorithm: 'nn', device: 'gpu' }).compute.gpus).toBe(1);
  expect(party({ algorithm: 'all', device: 'gpu', gpus: 4 }).compute.gpus).toBe(4);
  expect(party({ algorithm: 'nn' }).compute.gpus).toBe(0);
});

describe.each(Object.keys(releases) as FateRelease[])('of FATE %s', (fate) => {
  const { builds, images } = releases[fate];

  test('the first build is that of the images, and the default', () => {
    expect(builds[0]).toEqual({ algorithm: 'basic', device: 'cpu', images: {} });
    const { trafficServer: _, ...usual } = images;
    expect(party(undefined, fate).images).toEqual(usual);
  });

  const all = (['basic', 'nn', 'all'] as const).flatMap((algorithm) =>
    (['cpu', 'ipcl', 'gpu'] as const).map((device) => ({ algorithm, device }) as ComputeProps),
  );
  const exists = ({ algorithm, device }: ComputeProps) =>
    builds.some((build) => build.algorithm === algorithm && build.device === device);

  test.each(all.filter(exists))('$algorithm on $device is a build', (compute) => {
    expect(party(compute, fate).compute).toMatchObject(compute);
  });

  test.each(all.filter((it) => !exists(it)))('$algorithm on $device is refused, with those that are', (compute) => {
    const [problem, ...others] = problemsOf(() => party(compute, fate));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      path: 'compute',
      what: `${compute.algorithm} on ${compute.device} is no build of FATE ${fate}`,
    });
    for (const { algorithm, device } of builds) expect(problem?.remedy).toContain(`${algorithm} on ${device}`);
  });
});

test('types forbid what no release has', () => {
  const refused: readonly ComputeProps[] = [
    // @ts-expect-error: basic algorithms have no build for GPUs
    { device: 'gpu' },
    // @ts-expect-error: nor neural networks one for IPCL
    { algorithm: 'nn', device: 'ipcl' },
    // @ts-expect-error: FATE-LLM is for GPUs
    { algorithm: 'all' },
    // @ts-expect-error: no GPUs without the device
    { algorithm: 'nn', gpus: 1 },
  ];
  for (const compute of refused) expect(problemsOf(() => party(compute))[0]?.path).toMatch(/^compute/);
});

test.each([0, -1, 1.5, 129, '2', null])('%j is no number of GPUs', (gpus) => {
  const compute = { algorithm: 'nn', device: 'gpu', gpus } as unknown as ComputeProps;
  expect(problemsOf(() => party(compute)).map(({ path }) => path)).toEqual(['compute.gpus']);
});

test.each([
  ['fast', ''],
  [[], ''],
  [{ algorithm: 'NN' }, '.algorithm'],
  [{ device: 'tpu' }, '.device'],
  [{ gpu: 1 }, '.gpu'],
])('%j is refused where it is wrong', (compute, at) => {
  const paths = problemsOf(() => party(compute as ComputeProps)).map(({ path }) => path);
  expect(paths).toEqual([`compute${at}`]);
});

test.each([undefined, 'cpu', 'ipcl'])('GPUs of device %s are refused with the device that has them', (device) => {
  const problems = problemsOf(() => party({ device, gpus: 2 } as unknown as ComputeProps));
  expect(problems).toEqual([
    { path: 'compute.gpus', what: 'is for device "gpu" alone', remedy: 'add device: "gpu", or leave it out' },
  ]);
});
