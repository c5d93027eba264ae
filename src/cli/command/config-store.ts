/** A deployment that the caller's config file names. */
export interface NamedDeployment {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** The name prefix; the entry's own name, if not given. */
  readonly prefix?: string | undefined;
  /** URL of the admin API. The command line calls it instead of AWS. */
  readonly api?: string | undefined;
}

export interface Config {
  /** The name of the deployment that is used when none is named. */
  readonly current?: string | undefined;
  readonly deployments: Readonly<Record<string, NamedDeployment>>;
}

/** The caller's config file. */
export interface ConfigStore {
  readonly path: string;
  /** @throws CliError `InvalidConfig` */
  readonly read: () => Promise<Config>;
  /** Replaces it atomically; only its owner can read it. */
  readonly write: (config: Config) => Promise<void>;
}
