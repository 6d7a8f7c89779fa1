import { encode } from "uqr";

const QUIET = 4;

/** A QR code as one path, in a square of `size` with its quiet zone. */
export function drawQr(text: string): { size: number; path: string } {
  const { data } = encode(text, { border: QUIET, ecc: "M" });
  const path = data.flatMap((row, y) => row.flatMap((is, x) => (is ? `M${x} ${y}h1v1h-1z` : [])));
  return { size: data.length, path: path.join("") };
}

interface Props {
  text: string;
  label: string;
}

/** A QR code, dark on light whatever the theme: that is what cameras read. */
export function QrCode({ text, label }: Props) {
  const { size, path } = drawQr(text);
  return (
    <svg
      role="img"
      aria-label={label}
      data-testid="qr"
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="w-full max-w-72 rounded-card"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
