import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/browser";

const load = () => import("@simplewebauthn/browser");

/** Whether this window may use passkeys: a secure place that has a name, not a number. */
export function canPasskey(): boolean {
  const isNumber = /^[\d.]+$|^\[/.test(location.hostname);
  return window.isSecureContext && "PublicKeyCredential" in window && !isNumber;
}

/** Whether the browser offers passkeys where a name is typed. */
export async function canAutofillPasskey(): Promise<boolean> {
  return canPasskey() && (await load()).browserSupportsWebAuthnAutofill();
}

/** Asks a passkey for what the API wants signed. Throws what the browser throws: see `isGivenUp`. */
export async function signWithPasskey(
  options: Record<string, unknown>,
  isAutofill = false,
): Promise<AuthenticationResponseJSON> {
  const { startAuthentication } = await load();
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  return startAuthentication({ optionsJSON, useBrowserAutofill: isAutofill });
}

/** Makes a passkey on this device, or on one that the person chooses. */
export async function makePasskey(
  options: Record<string, unknown>,
): Promise<RegistrationResponseJSON> {
  const { startRegistration } = await load();
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  return startRegistration({ optionsJSON });
}

/** Takes back what was asked of the browser, if it still waits. */
export async function stopPasskey(): Promise<void> {
  (await load()).WebAuthnAbortService.cancelCeremony();
}

/** Whether it ended in the browser: by the person, by time, or by another ask. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof Error && ["NotAllowedError", "AbortError"].includes(error.name);
}
