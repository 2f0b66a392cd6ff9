import { releases } from '../../fate/releases';
import type { ExchangeChart } from './exchange-chart';
import { since1112 } from './later-keys';
import { anyExchange } from './reasons';

const { nginx, trafficServer } = releases['1.6.1'].images;

/** @see KubeFATE v1.6.1, `helm-charts/FATE-Exchange` */
export const exchange161: ExchangeChart = {
  version: 'v1.6.1',
  fate: '1.6.1',
  images: { published: { nginx, trafficServer }, tag: '1.6.1-release', hasTagKey: true, named: {} },
  reasons: anyExchange,
  later: since1112,
};
