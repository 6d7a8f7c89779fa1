/** A `ref` that takes the focus as soon as the element is there. */
export function takeFocus(element: HTMLElement | null): void {
  element?.focus();
}
