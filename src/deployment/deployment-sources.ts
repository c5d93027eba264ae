/** Where descriptions of deployments are kept. */
export interface DeploymentSources {
  /** The text of a file; undefined when there is none. Throws a SesameError when it can't be read. */
  readFile(path: string): Promise<string | undefined>;
  /** The value of an SSM parameter in the caller's account and Region; undefined when there is none. */
  readParameter(name: string): Promise<string | undefined>;
  /** The path of the description of the local stack that runs; undefined when none does. */
  findLocalStack(): Promise<string | undefined>;
}
