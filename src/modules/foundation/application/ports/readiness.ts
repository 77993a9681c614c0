/** What `/readyz` says, kept by the engine as it goes; asking costs no I/O. */
export interface ReadinessCheck {
  readonly name: 'database' | 'migrations' | 'scheduler' | 'occurrences' | 'changes';
  readonly ok: boolean;
  /** What is wrong, what follows from it and what will heal it; or how well it is. Tells no secret. */
  readonly detail: string;
  /** The same for strangers; left out: they may know all of it. */
  readonly openDetail?: string;
}

export interface ReadinessReport {
  readonly mode: 'normal' | 'degraded';
  readonly checks: readonly ReadinessCheck[];
}

export interface Readiness {
  report(): ReadinessReport;
}
