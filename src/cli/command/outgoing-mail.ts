/** One mail, and where it is handed in. Holds a secret. */
export interface OutgoingMail {
  readonly host: string;
  readonly port: number;
  readonly isStartTls: boolean;
  /** Certificates to trust. */
  readonly caFile?: string | undefined;
  readonly username: string;
  readonly password: string;
  readonly from: string;
  readonly envelopeFrom: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}
