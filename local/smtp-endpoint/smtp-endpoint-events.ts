/** An event of the SMTP endpoint, for the log. Holds no secret. */
export type SmtpEndpointEvent =
  | { readonly kind: 'login'; readonly accessKeyId: string; readonly userName: string }
  | { readonly kind: 'login-refused'; readonly accessKeyId: string; readonly reply: string }
  | { readonly kind: 'accepted'; readonly id: string; readonly userName: string; readonly from: string }
  | {
      readonly kind: 'refused';
      readonly accessKeyId: string;
      readonly from: string;
      readonly reply: string;
      /** Says which address was refused, if the reply doesn't. */
      readonly explanation?: string;
    }
  | { readonly kind: 'error'; readonly message: string };
