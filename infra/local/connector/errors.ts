/** An answer of the connector that is not 2xx, in its own form: `{ error: { code, message } }`. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;
  constructor(status: number, code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A switch: the next `times` calls that fit are answered with this error. */
export interface Fault {
  readonly status: 403 | 404 | 412 | 413 | 429 | 502 | 504;
  /** Default: the usual code of that status. */
  readonly code?: string;
  readonly retryAfterSeconds?: number;
  /** Only calls on this conversation (a channel's id also covers its threads). */
  readonly conversationId?: string;
  readonly method?: 'POST' | 'PUT' | 'DELETE' | 'GET';
  /** Acted on before the answer is lost: a 502 or 504 behind which the message is there. */
  readonly after?: boolean;
  readonly times: number;
}

const USUAL: Record<Fault['status'], string> = {
  403: 'BotNotInConversationRoster',
  404: 'ConversationNotFound',
  412: 'PreconditionFailed',
  413: 'MessageSizeTooBig',
  429: 'TooManyRequests',
  502: 'BadGateway',
  504: 'GatewayTimeout',
};

/** The switches that are set. */
export class Faults {
  private readonly set: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.set.push({ fault, left: fault.times });
  }

  clear(): void {
    this.set.length = 0;
  }

  /** Takes one use of the first switch that fits. */
  take(method: string, conversationId: string, after: boolean): ConnectorError | undefined {
    const found = this.set.find(
      ({ fault, left }) =>
        left > 0 &&
        (fault.after ?? false) === after &&
        (!fault.method || fault.method === method) &&
        (!fault.conversationId || conversationId.split(';')[0] === fault.conversationId || conversationId === fault.conversationId),
    );
    if (!found) return undefined;
    found.left -= 1;
    const { status, code = USUAL[status], retryAfterSeconds } = found.fault;
    return new ConnectorError(status, code, `switched on: ${code}`, retryAfterSeconds ?? (status === 429 ? 1 : undefined));
  }
}
