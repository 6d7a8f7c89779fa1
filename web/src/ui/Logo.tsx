/** The mark and the name. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2 text-lg font-bold tracking-tight">
      <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="9" className="fill-primary" />
        <circle
          cx="15.5"
          cy="15.5"
          r="7.5"
          className="fill-none stroke-on-primary"
          strokeWidth="3"
        />
        <path
          d="m18.5 18.5 5 5"
          className="stroke-on-primary"
          strokeWidth="3"
          strokeLinecap="round"
        />
      </svg>
      <span translate="no">{"Quid"}</span>
    </span>
  );
}
