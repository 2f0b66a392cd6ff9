import { releases } from '../../fate/releases';
import type { ExchangeChart } from './exchange-chart';
import { since200 } from './later-keys';
import { anyExchange } from './reasons';

const { nginx, trafficServer } = releases['1.11.2'].images;

/** @see KubeFATE v1.11.2, `helm-charts/FATE-Exchange`, which v2.0.0 has, too */
export const exchange1112: ExchangeChart = {
  version: 'v1.11.2',
  fate: '1.11.2',
  images: { published: { nginx, trafficServer }, tag: '1.11.2-release', hasTagKey: false, named: {} },
  reasons: anyExchange,
  later: since200,
};
