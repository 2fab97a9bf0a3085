import { linear } from "../core/scale";

const WIDTH = 160;

interface IntervalProps {
  value: number | null;
  low: number | null;
  high: number | null;
  /** Both ends of the rail. */
  from: number;
  to: number;
  /** Where the rail is marked. */
  marks: readonly number[];
  words: string;
}

/** A figure as a dot and its interval as a line, on a rail of its whole range. */
export function Interval({ value, low, high, from, to, marks, words }: IntervalProps) {
  if (value === null || low === null || high === null) return <span>–</span>;
  const scale = linear(from, to, 6, WIDTH - 6);
  const x = (at: number) => scale(Math.min(Math.max(at, from), to));
  return (
    <svg class="interval" viewBox={`0 0 ${WIDTH} 20`} role="img" aria-label={words}>
      <title>{words}</title>
      <line class="rail" x1={x(from)} x2={x(to)} y1={10} y2={10} />
      {marks.map((mark) => (
        <line key={mark} class="rail" x1={x(mark)} x2={x(mark)} y1={5} y2={15} />
      ))}
      <line class="span" x1={x(low)} x2={x(high)} y1={10} y2={10} />
      <circle class="dot" cx={x(value)} cy={10} r={4.5} />
    </svg>
  );
}
