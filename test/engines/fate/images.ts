import { join } from 'node:path';
import { stringify } from 'yaml';
import { releases } from '../../../lib/fate/releases';
import { cache } from '../support/engines';
import type { Image } from '../support/pod';

export const release = '2.2.0';
const { fateflow } = releases[release];

export const project = '/data/projects/fate';
const torch = join(cache, 'torch/usr/lib');
const libraries = ['x86_64-linux-gnu', 'x86_64-linux-gnu/blas', 'x86_64-linux-gnu/lapack', '.'];

/** Environment of what runs FATE: its code, and a Python with what that imports. */
export const python = {
  PATH: `${join(cache, 'fate-python/bin')}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  PYTHONPATH: `${project}/fate/python:${project}/fate_flow/python`,
  LD_LIBRARY_PATH: libraries.map((it) => join(torch, it)).join(':'),
};

/**
 * FATE Flow's image. FATE takes `local.service_conf.yaml` before `service_conf.yaml`, key by key: jobs are computed here by FATE's own
 * processes in the place of Spark, and their tables are theirs in the place of HDFS.
 */
export const fateFlowImage: Image = {
  engine: 'fate',
  files: {
    [`${fateflow.configuration}/local.service_conf.yaml`]: stringify({
      default_engines: { computing: 'standalone', federation: 'pulsar', storage: 'standalone' },
      computing: { standalone: { cores: 8 } },
    }),
  },
  directories: ['bin', 'conf'].map((it) => `${fateflow.sparkHome}/${it}`),
  workingDirectory: project,
  env: python,
};

/** The client's image. Its Jupyter answers, and does nothing else. */
export const clientImage: Image = {
  files: { '/usr/local/bin/jupyter': '#!/bin/sh\nexec python -m http.server "$NOTEBOOK_PORT"\n' },
  workingDirectory: project,
  directories: [project],
  env: python,
};
