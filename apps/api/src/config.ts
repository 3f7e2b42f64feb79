// What the API is told at its start; env.ts fills it where it runs alone, the launcher where it does not.

export interface ApiConfig {
  /** where browsers reach it: links, cookies and trusted origins follow from it */
  readonly baseUrl: string;
  readonly databaseUrl: string;
  /** signs sessions; at least 32 characters */
  readonly secret: string;
  /** unfinished uploads are kept here */
  readonly uploadFolder: string;
  readonly maxUploadBytes: number;
  /** folders of the server that may be imported from; none by default */
  readonly importRoots: readonly string[];
  /** of a one-time sign-in link; default 24 hours */
  readonly signInLinkSeconds?: number;
  /** sign-in attempts per address and minute; default 30 */
  readonly signInsPerMinute?: number;
}

export const DEFAULT_SIGN_IN_LINK_SECONDS = 24 * 60 * 60;
export const DEFAULT_SIGN_INS_PER_MINUTE = 30;

/** The part of a logger that the API uses; pino's fits. */
export interface ApiLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
