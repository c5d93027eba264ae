/** A credential's rotation as the API shows it. */
export interface RotationState {
  readonly phase: string;
  readonly previous_key_works_until?: string;
}

/** How far a rotation is, for people. Undefined if there is none. */
export function rotationText({ phase, previous_key_works_until: until }: RotationState): string | undefined {
  switch (phase) {
    case 'announce':
      return 'a new password is due within days';
    case 'rotate':
      return 'a new password is due now';
    case 'wait':
      return until === undefined
        ? 'the old password no longer works; its key is deleted a day later'
        : `old and new password work, the old one until ${until} at least`;
    case 'retire':
      return 'the old password stops working as soon as nobody uses it for a day';
    case 'delete':
      return 'the old password no longer works; its key is deleted now';
    case 'undo':
      return 'the new password never worked, so it is given up for the old one';
    default:
      return undefined;
  }
}
