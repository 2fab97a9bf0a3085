interface MarkerProps {
  /** Which of the four shapes; lines beside each other differ. */
  shape: number;
  x: number;
  y: number;
  solid: boolean;
}

const R = 4.5;

/** A point of a line: circle, square, triangle or diamond, so that lines differ in grey print too. */
export function Marker({ shape, x, y, solid }: MarkerProps) {
  const style = solid ? "marker marker-solid" : "marker";
  switch (shape % 4) {
    case 0:
      return <circle class={style} cx={x} cy={y} r={R} />;
    case 1:
      return <rect class={style} x={x - R} y={y - R} width={2 * R} height={2 * R} />;
    case 2:
      return <path class={style} d={`M${x},${y - R - 1}l${R + 1},${2 * R}h${-2 * R - 2}Z`} />;
    default:
      return (
        <path
          class={style}
          d={`M${x},${y - R - 1}l${R + 1},${R + 1}l${-R - 1},${R + 1}l${-R - 1},${-R - 1}Z`}
        />
      );
  }
}
