/** A new UUID v4. `crypto.randomUUID` is absent on plain HTTP, `getRandomValues` is not. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

/**
 * Gives the key to send something with: the same one as long as what is sent is the same, so that a
 * second try after a lost answer does nothing twice.
 */
export function keyKeeper(): (body: unknown) => string {
  let kept = { body: "", key: "" };
  return (body) => {
    const text = JSON.stringify(body);
    if (kept.key === "" || kept.body !== text) kept = { body: text, key: newKey() };
    return kept.key;
  };
}
