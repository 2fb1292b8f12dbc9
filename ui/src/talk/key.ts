/** A fresh key under which a request is known when it is sent again; `crypto.randomUUID` needs https. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
