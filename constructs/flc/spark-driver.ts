import { Construct } from 'constructs';
import type { Service } from 'kubernetes-types/core/v1';
import { services } from '../../lib/fate/services';
import type { ExternalSpark } from '../../lib/fate/spark';
import { callerRanges } from '../../lib/federation/callers';
import { type SparkDriver as Driver, driverPorts } from '../../lib/federation/spark-network';
import { Manifest } from '../app/manifest';
import { servicePorts } from '../parts/container';
import { publicMetadata, publicSpec } from '../parts/public-service';

export interface SparkDriverProps extends Driver {
  readonly ports: ExternalSpark['ports'];
  /** CIDR ranges of workers. */
  readonly ranges: readonly string[];
}

/** Leads executors of somebody else's Spark to their drivers, in FATE Flow's pod, by the very ports that drivers have. */
export class SparkDriver extends Construct {
  constructor(scope: Construct, id: string, { service, reserved, ports, ranges }: SparkDriverProps) {
    super(scope, id);
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: publicMetadata(services.sparkDriver.name, service),
      spec: publicSpec(
        { service, loadBalancerIP: reserved, sourceRanges: callerRanges(service, [{ egress: ranges }]) },
        {
          selector: { 'app.kubernetes.io/name': services.fateflow.name },
          ports: servicePorts(driverPorts(ports)),
        },
      ),
    });
  }
}
