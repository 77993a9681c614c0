/**
 * How test requests leave: resolvers that answer what they are told, and an internet in which every public address is
 * this machine, so that what is sent to a public address arrives at a real server here.
 */
import type { AddressResolver, ResolvedAddress } from '../../src/modules/http/application/ports/address-resolver.ts';
import type {
  HttpAnswer,
  HttpExchange,
  HttpTransport,
} from '../../src/modules/http/application/ports/http-transport.ts';
import { NodeHttpTransport } from '../../src/modules/http/infrastructure/node-http-transport.ts';

export const PUBLIC_ADDRESS = '93.184.215.14';

/** Answers each question with the next list; the last one stays. Remembers what it was asked. */
export class ScriptedResolver implements AddressResolver {
  readonly asked: string[] = [];
  readonly #answers: string[][];

  constructor(...answers: string[][]) {
    this.#answers = answers;
  }

  async resolve(hostname: string): Promise<readonly ResolvedAddress[]> {
    const answer = this.#answers[Math.min(this.asked.length, this.#answers.length - 1)] ?? [];
    this.asked.push(hostname);
    return answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }
}

/** Remembers which addresses it was told to connect to, and connects to 127.0.0.1 instead of the public ones. */
export class LoopbackInternet implements HttpTransport {
  readonly connectedTo: (string[] | null)[] = [];
  readonly #transport = new NodeHttpTransport();

  exchange(exchange: HttpExchange): Promise<HttpAnswer> {
    this.connectedTo.push(exchange.addresses?.map(({ address }) => address) ?? null);
    return this.#transport.exchange({ ...exchange, addresses: [{ address: '127.0.0.1', family: 4 }] });
  }
}
