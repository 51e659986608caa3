/**
 * Keyring: signatures over what goes through Redis, so that whoever can write there can neither start tasks nor make up
 * results.
 *
 *   [id, secret], [id, secret], ...      the first signs, each of them verifies
 *
 * To change a key without a pause: add the new one last everywhere, then put it first everywhere, then drop the old one.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";

/** A shared secret, and the name by which a signature says which one it was made with. */
export interface SigningKey {
  readonly id: string;
  readonly secret: string;
}

/** What is signed: parts that cannot run into each other, whatever is in them. */
export type SignedParts = readonly string[];

export interface Signature {
  readonly keyId: string;
  readonly mac: string;
}

/** Where keys come from that a program does not name: `id:secret`, with commas between several. */
export const KEYS_VARIABLE = "CONCURRENT_FUTURES_KEYS";

const LEAST_SECRET_LENGTH = 32;

export class Keyring {
  readonly #keys: readonly { readonly id: string; readonly secret: KeyObject }[];

  /**
   * @param keys  default: those in the environment
   * @param unsigned  do without signatures
   * @throws {TypeError|RangeError} there are no keys, or they are wrong
   */
  constructor(keys: readonly SigningKey[] | undefined, unsigned: boolean) {
    if (unsigned && keys !== undefined) throw new TypeError("Expected `keys` or `unsigned: true`, got both");
    const given = unsigned ? [] : (keys ?? keysIn(process.env[KEYS_VARIABLE]));
    if (!Array.isArray(given)) throw new TypeError("Expected `keys` to be an array of { id, secret }");
    for (const key of given) checkKey(key);
    this.#keys = given.map(({ id, secret }) => ({ id, secret: createSecretKey(secret, "utf8") }));
    if (this.#keys.length > 0 || unsigned) return;
    throw new TypeError(
      `Expected \`keys\`, or ${KEYS_VARIABLE} in the environment (id:secret): whoever can write to Redis could start ` +
        "tasks otherwise. Say `unsigned: true` where that is acceptable",
    );
  }

  sign(parts: SignedParts): Signature {
    const [key] = this.#keys;
    if (key === undefined) return { keyId: "", mac: "" };
    return { keyId: key.id, mac: digest(key.secret, parts).toString("base64") };
  }

  /** What is wrong with a signature; undefined if nothing is. */
  objection(parts: SignedParts, keyId: unknown, mac: unknown): string | undefined {
    if (this.#keys.length === 0) return undefined;
    if (typeof keyId !== "string" || typeof mac !== "string" || mac === "") return "it is not signed";
    const key = this.#keys.find(({ id }) => id === keyId);
    if (key === undefined) return `its key ${JSON.stringify(keyId.slice(0, 40))} is not known`;
    const expected = digest(key.secret, parts);
    const given = Buffer.from(mac, "base64");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return "its signature is wrong";
    return undefined;
  }
}

/** In one go: each call into OpenSSL costs as much as a hundred bytes. */
function digest(secret: KeyObject, parts: SignedParts): Buffer {
  const lengths = parts.map((part) => part.length).join(",");
  return createHmac("sha256", secret)
    .update(`${lengths}\n${parts.join("\n")}`)
    .digest();
}

function keysIn(text: string | undefined): readonly SigningKey[] {
  if (text === undefined || text === "") return [];
  return text.split(",").map((entry) => {
    const colon = entry.indexOf(":");
    return { id: entry.slice(0, Math.max(colon, 0)), secret: entry.slice(colon + 1) };
  });
}

function checkKey(key: unknown): void {
  const { id, secret } = Object(key) as Partial<SigningKey>;
  if (typeof id !== "string" || id === "" || typeof secret !== "string") {
    throw new TypeError("Expected each of `keys` to be { id, secret }, both strings");
  }
  if (secret.length < LEAST_SECRET_LENGTH) {
    throw new RangeError(`Expected the secret of the key ${id} to have at least ${LEAST_SECRET_LENGTH} characters`);
  }
}
