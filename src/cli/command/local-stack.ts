/** What only a local stack has. */
export interface LocalStack {
  readonly file: string;
  readonly pid: number;
  readonly endpoint: string;
  readonly region: string;
  readonly table: string;
  readonly smtp: {
    readonly host: string;
    readonly startTlsPort: number;
    readonly tlsPort: number;
    readonly caFile: string;
  };
  /** URL that lists the received mails as JSON. */
  readonly mailbox: string;
  /** Paths of log files, by what wrote them. */
  readonly logs: Readonly<Record<string, string>>;
  readonly apiUrl?: string | undefined;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}
