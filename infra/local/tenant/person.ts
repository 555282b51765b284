/**
 * How somebody is known to the client's tenant. `member`: an account of it. `guest`: an account in it for somebody of another company, so
 * the token carries the client's tenant id. `external`: takes part in a shared channel with his own company's account and tenant id.
 * `mailOnly`: no account anywhere that this tenant sees; he only writes and gets mail.
 */
export type PersonKind = 'member' | 'guest' | 'external' | 'mailOnly';

export interface Person {
  readonly key: string;
  readonly name: string;
  readonly company: string;
  readonly title: string;
  /** Lower case; mail is written to it. */
  readonly address: string;
  readonly aliases: readonly string[];
  readonly kind: PersonKind;
  /** As tokens and Teams activities of this person carry them (a guest: the client's tenant and his object id there). */
  readonly tenantId: string;
  readonly objectId: string;
  /** `29:...`: his id in conversations with this bot. */
  readonly teamsUserId: string;
  readonly userPrincipalName: string;
  /** IANA zone of the place he works in. */
  readonly zone: string;
  /** Administrator of the client's tenant in Rapport. */
  readonly admin: boolean;
  /** What the desk says behind his name in the list of who is looking; null leaves him out of it. */
  readonly desk: string | null;
}
