import { expect, test } from 'vitest';
import { kubernetesMinor, podAdmission } from '../../../lib/kubernetes/releases';

test.each([
  ['1.24', 24],
  ['v1.27', 27],
  ['v1.21.2+vmware.1-tkg.1.ee25d55', 21],
  ['v1.21.2---vmware.1-tkg.1.ee25d55', 21],
  ['1.9', 9],
  ['2.0', undefined],
  ['1', undefined],
  ['1.x', undefined],
])('Kubernetes %s is minor %s', (text, minor) => {
  expect(kubernetesMinor(text)).toBe(minor);
});

test.each(['1.19', '1.24', 'v1.24.9+vmware.1'])('Kubernetes %s admits pods by a policy', (version) => {
  expect(podAdmission(version, 'baseline')).toEqual({ type: 'policy', clusterRole: 'psp:vmware-system-privileged' });
  expect(podAdmission(version, 'restricted')).toEqual({ type: 'policy', clusterRole: 'psp:vmware-system-restricted' });
});

test.each(['1.25', '1.26', 'v1.33.1+vmware.1'])('Kubernetes %s admits pods by labels of their namespace', (version) => {
  const admission = podAdmission(version, 'baseline');
  expect(admission).toEqual({
    type: 'labels',
    labels: {
      'pod-security.kubernetes.io/enforce': 'baseline',
      'pod-security.kubernetes.io/audit': 'baseline',
      'pod-security.kubernetes.io/warn': 'baseline',
    },
  });
});
