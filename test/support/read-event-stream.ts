/** Reads a stream of server-sent events as it comes. */
export interface StreamedEvent {
  readonly event: string;
  readonly id: string | null;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any;
}

export class EventStreamReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = '';
  /** Every byte that came, as text. */
  raw = '';

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** The next event, comments left out; null: the stream has ended. */
  async next(): Promise<StreamedEvent | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end === -1) {
        const { done, value } = await this.#reader.read();
        if (done) return null;
        const piece = this.#decoder.decode(value, { stream: true });
        this.raw += piece;
        this.#text += piece;
        continue;
      }
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const event = readBlock(block);
      if (event !== null) return event;
    }
  }

  /** The next event of this type that is looked for; those before it are passed over. @throws when the stream ends without */
  async until(type: string, isMeant: (event: StreamedEvent) => boolean = () => true): Promise<StreamedEvent> {
    for (let event = await this.next(); event !== null; event = await this.next()) {
      if (event.event === type && isMeant(event)) return event;
    }
    throw new Error(`The stream ended without ${type}:\n${this.raw}`);
  }

  /** All that still comes. */
  async rest(): Promise<StreamedEvent[]> {
    const events: StreamedEvent[] = [];
    for (let event = await this.next(); event !== null; event = await this.next()) events.push(event);
    return events;
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}

function readBlock(block: string): StreamedEvent | null {
  const fields = new Map(
    block
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const event = fields.get('event');
  if (event === undefined) return null;
  return { event, id: fields.get('id') ?? null, data: JSON.parse(fields.get('data') ?? 'null') };
}
