import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guideline, partyPlan, type SizingPreset, sizingPresets } from '../../../lib';
import { leastMemoryGiB } from '../../../lib/fate/sizes';
import { executorMemoryMiB, ownWorkers } from '../../../lib/fate/spark';

const presets = Object.entries(sizingPresets);
const sized = (props: object) => partyPlan({ domain: 'example.com', id: 30000, ...props }).sizing;

test.each(presets)('%s promises no container more than it allows it', (_, { containers }) => {
  for (const { requests, limits } of Object.values(containers)) {
    expect(requests.cpu).toBeLessThanOrEqual(limits.cpu);
    expect(requests.memoryGiB).toBeLessThanOrEqual(limits.memoryGiB);
  }
});

test.each(presets)('%s allows every pod what the guideline asks for', (_, { containers }) => {
  const { fateflow, fateboard, sparkWorker, ...pods } = containers;
  expect(fateflow.limits.cpu + fateboard.limits.cpu).toBeGreaterThanOrEqual(guideline.pod.cpu);
  for (const { limits } of Object.values(pods)) expect(limits.cpu).toBeGreaterThanOrEqual(guideline.pod.cpu);
  for (const { limits } of Object.values(pods))
    expect(limits.memoryGiB).toBeGreaterThanOrEqual(guideline.pod.memoryGiB);
  expect(sparkWorker.limits.cpu).toBeGreaterThanOrEqual(guideline.sparkWorker.cpu);
  expect(sparkWorker.limits.memoryGiB).toBeGreaterThanOrEqual(guideline.sparkWorker.memoryGiB);
});

test("the volumes of the paper's sample are below its guideline, and those of every other preset are not", () => {
  const small = presets.filter(([, { volumesGiB }]) =>
    Object.values(volumesGiB).some((size) => size < guideline.volumeGiB),
  );
  expect(small.map(([name]) => name)).toEqual(['reference']);
});

test.each<SizingPreset>(['production', 'neuralNetwork'])('%s promises everything in full', (preset) => {
  for (const { requests, limits } of Object.values(sizingPresets[preset].containers)) expect(requests).toEqual(limits);
});

test('a neural network has more CPU and memory for FATE Flow, and the same for all others', () => {
  const { fateflow, ...others } = sizingPresets.neuralNetwork.containers;
  const { fateflow: usual, ...usualOthers } = sizingPresets.production.containers;
  expect(fateflow.limits.cpu).toBeGreaterThan(usual.limits.cpu);
  expect(fateflow.limits.memoryGiB).toBeGreaterThan(usual.limits.memoryGiB);
  expect(others).toEqual(usualOthers);
});

test('FATE Flow and the datanodes together hold twice the dataset, every copy counted', () => {
  const counts = fc.integer({ min: 1, max: 9 });
  const dataset = fc.double({ min: 0.1, max: 5000, noNaN: true });
  fc.assert(
    fc.property(
      dataset,
      counts,
      counts,
      fc.constantFrom(...presets.map(([name]) => name)),
      (datasetGiB, a, b, sizing) => {
        const [replication, datanodes] = a < b ? [a, b] : [b, a];
        const { volumesGiB } = sized({ sizing, datasetGiB, datanodes, replication });
        expect(volumesGiB.fateflow).toBeGreaterThanOrEqual(2 * datasetGiB);
        // FATE Flow asks for three copies of what it uploads, whatever is declared.
        const copies = Math.max(replication, Math.min(3, datanodes));
        expect((volumesGiB.datanode * datanodes) / copies).toBeGreaterThanOrEqual(2 * datasetGiB);
      },
    ),
  );
});

test('a dataset makes no volume smaller than its preset does', () => {
  expect(sized({ sizing: 'production', datasetGiB: 1 }).volumesGiB).toEqual(sizingPresets.production.volumesGiB);
});

test('below the guideline is accepted from those who say so', () => {
  const tiny = { requests: { cpu: 0.1, memoryGiB: 0.5 }, limits: { cpu: 1, memoryGiB: 1 } };
  const { containers, volumesGiB } = sized({
    belowGuideline: true,
    resources: { nginx: tiny },
    volumesGiB: { pulsar: 1 },
  });
  expect(containers.nginx).toEqual(tiny);
  expect(volumesGiB.pulsar).toBe(1);
});

test('a Spark worker offers no more cores than its memory has executors for', () => {
  const quantity = fc.record({
    cpu: fc.integer({ min: 1, max: 64 }),
    memoryGiB: fc.integer({ min: leastMemoryGiB.sparkWorker ?? 1, max: 256 }),
  });
  fc.assert(
    fc.property(quantity, (limits) => {
      const resources = { sparkWorker: { requests: { cpu: 1, memoryGiB: 1 }, limits } };
      const sizing = sized({ resources, belowGuideline: true });
      const workers = ownWorkers(sizing);
      expect(workers.cores).toBeLessThanOrEqual(limits.cpu);
      expect(executorMemoryMiB(workers) * workers.cores).toBeLessThanOrEqual(workers.memoryMiB);
      expect(executorMemoryMiB(workers)).toBeGreaterThanOrEqual(450); // Spark refuses less
    }),
  );
});

test('a Spark worker offers whole cores, and less memory than its container has', () => {
  for (const [, sizing] of presets) {
    const { cores, memoryMiB } = ownWorkers(sizing);
    expect(cores).toBe(sizing.containers.sparkWorker.limits.cpu);
    expect(memoryMiB).toBeLessThan(sizing.containers.sparkWorker.limits.memoryGiB * 1024);
  }
});
