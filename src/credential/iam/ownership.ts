/** The IAM path under which every deployment has its own path. Version 0.1 put its users directly in it. */
export const IAM_PATH = '/ses-smtp/';

/** Identifies a deployment in an AWS account: IAM is global, but table names are only unique in their Region. */
export interface Deployment {
  /** The Region of the table. */
  readonly region: string;
  /** The table's name. */
  readonly table: string;
}

/** Which IAM users and policies belong to a deployment. */
export interface Ownership extends Deployment {
  /** The table's names before it was restored. Users and policies with these names in their marks are taken over. */
  readonly previousTableNames?: readonly string[];
  /**
   * Whether users of version 0.1 are taken over. Their mark is the bare table name, whatever the Region. Default: true.
   */
  readonly managesUsersOf01?: boolean;
  /** The company's own tags for everything that Sesame creates. */
  readonly userTags?: Readonly<Record<string, string>>;
}

/**
 * The value of the tag `sesame:table`. A table name can't contain a slash, so the mark of version 0.1, a bare name,
 * differs.
 * At most 256 characters: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
export function buildTableMark({ region, table }: Deployment): string {
  return `${region}/${table}`;
}

/** The IAM path of a deployment's users and managed policies. */
export function buildIamPath({ region, table }: Deployment): string {
  return `${IAM_PATH}${region}/${table}/`;
}

/** The IAM path in a user's or policy's ARN: from the first slash to the last. */
export function pathOfArn(arn: string): string {
  return arn.slice(arn.indexOf('/'), arn.lastIndexOf('/') + 1);
}

/**
 * All values of the tag `sesame:table` that belong to this deployment: first its own mark, then those that it takes
 * over.
 */
export function managedMarks(ownership: Ownership): string[] {
  const { region, table, previousTableNames = [], managesUsersOf01 = true } = ownership;
  const names = [table, ...previousTableNames];
  return [...names.map((name) => buildTableMark({ region, table: name })), ...(managesUsersOf01 ? names : [])];
}

/** The paths of users and policies that are taken over, without the deployment's own path. */
export function formerPaths(ownership: Ownership): string[] {
  const { region, previousTableNames = [], managesUsersOf01 = true } = ownership;
  return [
    ...previousTableNames.map((table) => buildIamPath({ region, table })),
    ...(managesUsersOf01 ? [IAM_PATH] : []),
  ];
}

/** Whether an ARN's path isn't the deployment's own, so the user or policy must be moved. */
export function isFormerArn(arn: string | undefined, deployment: Deployment): boolean {
  return arn !== undefined && pathOfArn(arn) !== buildIamPath(deployment);
}

/**
 * Whether an ARN's path is the deployment's own or one that it takes over. The roles may not even read users on other
 * paths.
 */
export function isManagedArn(arn: string, ownership: Ownership): boolean {
  return [buildIamPath(ownership), ...formerPaths(ownership)].includes(pathOfArn(arn));
}

/**
 * The mark of the deployment that a path belongs to, without reading the user's tags. Undefined for the path of version
 * 0.1.
 */
export function markOfArn(arn: string): string | undefined {
  const mark = pathOfArn(arn).slice(IAM_PATH.length, -1);
  return mark === '' ? undefined : mark;
}

/** The optional settings of a deployment, without Region and table. */
export type OwnershipSettings = Omit<Ownership, keyof Deployment>;

/** Determines from the settings which IAM users and policies belong to the deployment. */
export function ownershipOf(settings: {
  readonly table: string;
  readonly scope: { readonly region: string };
  readonly ownership?: OwnershipSettings;
}): Ownership {
  return { ...settings.ownership, region: settings.scope.region, table: settings.table };
}
