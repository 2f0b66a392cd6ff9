import type { Driver } from '../lib/federation/hosting';
import type { Problems } from '../lib/input/problems';

/** Reports a plan that KubeFATE carries out: its chart is a file, and has no objects to deploy. */
export function checkNativeDriver(problems: Problems, { driver }: { readonly driver: Driver }): void {
  if (driver !== 'kubefate') return;
  problems.add(
    'driver',
    '"kubefate" makes a file for KubeFATE, and no objects',
    'use native here, or cdk8s for the file',
  );
}
