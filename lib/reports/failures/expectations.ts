/**
 * Seconds until things are back, as the paper has them.
 *
 * @see White paper, "KubeFATE Component Failures" and "Host and VM Failures"
 */
export const expectedSeconds = {
  /** A pod of an FLC that restarts, fully functional. */
  pod: 30,
  /** A node's VM that crashed, by vSphere HA, after the event is detected. */
  crashedVm: 60,
  /** A node's VM that was shut down or powered off, by Tanzu Kubernetes Grid. */
  stoppedVm: 300,
  /** The pods of an FLC, after the VM has restarted. */
  flc: 180,
} as const;
