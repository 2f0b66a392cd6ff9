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

/** Seconds that all pods are drawn for, so that they are back in that time as soon as their programs are. */
export const drawnSeconds = {
  /** Until its probes have seen that a program answers, at most: the rest of a pod's time is its own. */
  seen: 15,
  /** That a program may take to answer, at least, before it is taken for one that never will. */
  patience: 180,
  /** That a node may be away before its pods are given to others: what Kubernetes adds to pods that say nothing else. */
  evicted: 300,
} as const;
