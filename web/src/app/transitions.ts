/** A page that is left while it comes in skips its transition; nobody waits to hear of that. */
export function calmTransitions(): void {
  window.addEventListener("unhandledrejection", (event) => {
    const why: unknown = event.reason;
    if (why instanceof DOMException && /transition/i.test(why.message)) event.preventDefault();
  });
}
