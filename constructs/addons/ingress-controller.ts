import type { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Service, ServiceAccount } from 'kubernetes-types/core/v1';
import type { IngressClass } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { isFromMinor, type PodSecurityLevel } from '../../lib/kubernetes/releases';
import { type Rights, rights } from '../../lib/kubernetes/rights';
import type { IngressControllerPlan } from '../../lib/tanzu/cluster/addons';
import { ingressNginx } from '../../lib/tanzu/cluster/ingress-nginx';
import { Manifest } from '../app/manifest';
import { WholeChart } from '../app/whole-chart';
import { PodSecurityNamespace } from '../parts/namespace';
import { podTemplate, spreadOverNodes } from '../parts/pod';
import { publicMetadata, publicSpec } from '../parts/public-service';

/**
 * ingress-nginx behind one LoadBalancer, for a cluster that has no ingress controller yet.
 *
 * | Kubernetes    | ingress-nginx |
 * |---------------|---------------|
 * | 1.21 to 1.24  | 1.3.1         |
 * | 1.25          | 1.9.6         |
 * | 1.26 to 1.28  | 1.11.8        |
 * | 1.29, 1.30    | 1.13.9        |
 * | 1.31 and later| 1.15.1        |
 *
 * Each was tested by its project on these releases, the last one up to 1.35; the project ended in March 2026 and repairs
 * nothing any more. Older Kubernetes lacks `policy/v1`.
 * Anyone who may create an Ingress is trusted with the controller's rights, which include every Secret of the cluster.
 *
 * Its admission webhook is left out: the webhook needs a key pair made while it is installed, and only reports a faulty
 * Ingress earlier. Annotations with nginx configuration (`*-snippet`) are refused.
 *
 * @see White paper, "Step 1: Deploying the KubeFATE service"
 */
export class IngressController extends WholeChart {
  constructor(scope: Construct, id: string, plan: IngressControllerPlan) {
    super(scope, id, { namespace: identity });
    const release = isFromMinor(plan.kubernetes, 25) ? since25 : before25;
    new PodSecurityNamespace(this, 'namespace', {
      name: identity,
      kubernetes: plan.kubernetes,
      level: release.level,
    });
    this.access(release);
    this.ingressClass(plan);
    this.configuration();
    this.deployment(plan, release);
    this.disruptionBudget();
    this.service(plan);
  }

  private access({ backends, locks }: ControllerRelease) {
    const apiGroup = 'rbac.authorization.k8s.io';
    const subjects = [{ kind: 'ServiceAccount', name: identity, namespace: identity }];
    new Manifest<ServiceAccount>(this, 'service-account', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: identity, labels },
      automountServiceAccountToken: false, // the Deployment asks for it
    });
    new Manifest<ClusterRole>(this, 'cluster-role', {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRole',
      metadata: { name: identity, labels },
      rules: [
        { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingressclasses'], verbs: read },
        { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
        { ...backends, verbs: read },
        // ConfigMaps and Secrets of any namespace: annotations and TLS refer to them
        { apiGroups: [''], resources: ['services', 'configmaps', 'secrets'], verbs: read },
        { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
      ],
    });
    new Manifest<ClusterRoleBinding>(this, 'cluster-role-binding', {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: identity, labels },
      roleRef: { apiGroup, kind: 'ClusterRole', name: identity },
      subjects,
    });
    new Manifest<Role>(this, 'role', {
      apiVersion: `${apiGroup}/v1`,
      kind: 'Role',
      metadata: { name: identity, labels },
      rules: [
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }, // itself, and whether it is the last to stop
        ...locks.flatMap((lock): PolicyRule[] => [
          { ...lock, resourceNames: [election], verbs: ['get', 'update'] },
          { ...lock, verbs: ['create'] }, // the name of an object to create is not known to the authorizer
        ]),
      ],
    });
    new Manifest<RoleBinding>(this, 'role-binding', {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata: { name: identity, labels },
      roleRef: { apiGroup, kind: 'Role', name: identity },
      subjects,
    });
  }

  private ingressClass({ ingressClassName }: IngressControllerPlan) {
    new Manifest<IngressClass>(this, 'ingress-class', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: ingressClassName, labels },
      spec: { controller },
    });
  }

  private configuration() {
    new Manifest<ConfigMap>(this, 'configuration', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, labels },
      data: { 'allow-snippet-annotations': 'false' }, // on by default before ingress-nginx 1.9
    });
  }

  private deployment(plan: IngressControllerPlan, release: ControllerRelease) {
    new Manifest<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: {
        replicas: plan.replicas,
        selector: { matchLabels: labels },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: podTemplate(plan, 'ingressController', {
          metadata: { labels },
          spec: {
            serviceAccountName: identity,
            nodeSelector: { 'kubernetes.io/os': 'linux' },
            topologySpreadConstraints: spreadOverNodes(labels),
            terminationGracePeriodSeconds: 300, // nginx finishes the requests it has
            containers: [
              {
                name: 'controller',
                image: plan.images.ingressController,
                args: [
                  '/nginx-ingress-controller',
                  `--publish-service=$(POD_NAMESPACE)/${name}`,
                  `--election-id=${election}`,
                  `--controller-class=${controller}`,
                  `--ingress-class=${plan.ingressClassName}`,
                  `--configmap=$(POD_NAMESPACE)/${name}`,
                ],
                env: [
                  { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
                  { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
                  { name: 'LD_PRELOAD', value: '/usr/local/lib/libmimalloc.so' },
                ],
                ports: [
                  { name: 'http', containerPort: 80 },
                  { name: 'https', containerPort: 443 },
                  { name: 'health', containerPort: 10254 },
                ],
                livenessProbe: { ...health, failureThreshold: 5 },
                readinessProbe: { ...health, failureThreshold: 3 },
                lifecycle: { preStop: { exec: { command: ['/wait-shutdown'] } } },
                resources: {
                  requests: { cpu: '100m', memory: '128Mi' },
                  limits: { cpu: '1', memory: '512Mi' },
                },
                rights: release.rights,
              },
            ],
          },
        }),
      },
    });
  }

  private disruptionBudget() {
    new Manifest<PodDisruptionBudget>(this, 'disruption-budget', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name, labels },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    });
  }

  private service({ service, loadBalancerIP }: IngressControllerPlan) {
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...publicMetadata(name, service), labels },
      spec: publicSpec(
        { service, loadBalancerIP },
        {
          externalTrafficPolicy: service.externalTrafficPolicy,
          selector: labels,
          ports: [
            { name: 'http', port: 80, targetPort: 'http', appProtocol: 'http' },
            { name: 'https', port: 443, targetPort: 'https', appProtocol: 'https' },
          ],
        },
      ),
    });
  }
}

const { namespace: identity, controller: name } = ingressNginx;
const election = 'ingress-nginx-leader';
const controller = 'k8s.io/ingress-nginx';
const labels = { 'app.kubernetes.io/name': identity, 'app.kubernetes.io/instance': identity };

const read = ['get', 'list', 'watch'];

const health = {
  httpGet: { path: '/healthz', port: 'health' },
  initialDelaySeconds: 10,
  periodSeconds: 10,
  timeoutSeconds: 1,
};

/** What differs in the objects between releases of the controller. */
interface ControllerRelease {
  readonly level: PodSecurityLevel;
  readonly rights: Rights;
  /** Where it reads the addresses behind a Service. */
  readonly backends: ApiResources;
  /** What its replicas elect their leader with. */
  readonly locks: readonly ApiResources[];
}

type ApiResources = Pick<PolicyRule, 'apiGroups' | 'resources'>;

const leases: ApiResources = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };

/** For clusters with PodSecurityPolicies. */
const before25: ControllerRelease = {
  level: 'baseline', // Tanzu's restricted policy permits no capability
  rights: rights.ingressControllerBefore25,
  backends: { apiGroups: [''], resources: ['endpoints'] },
  locks: [leases, { apiGroups: [''], resources: ['configmaps'] }],
};

const since25: ControllerRelease = {
  level: 'restricted', // which permits NET_BIND_SERVICE
  rights: rights.ingressController,
  backends: { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  locks: [leases],
};
