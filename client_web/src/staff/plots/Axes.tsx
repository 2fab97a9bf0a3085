import type { Scale } from "../core/scale";

/** Where a plot's area lies in its drawing. */
export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  base: number;
}

/** A frame with room for the ticks of both axes and their names. */
export function frameOf(width: number, height: number, left = 56, right = 24): Frame {
  return { width, height, left, right: width - right, top: 28, base: height - 48 };
}

interface AxesProps {
  frame: Frame;
  x: Scale;
  y: Scale;
  xTicks: readonly number[];
  yTicks: readonly number[];
  xText: (value: number) => string;
  yText: (value: number) => string;
  xName: string;
  yName: string;
}

/** Ticks with their values, light lines across, and what each axis is and in which unit. */
export function Axes({ frame, x, y, xTicks, yTicks, xText, yText, xName, yName }: AxesProps) {
  return (
    <g>
      {yTicks.map((value, place) => (
        <g key={value}>
          <line
            class={place === 0 ? "axis" : "rail"}
            x1={frame.left}
            x2={frame.right}
            y1={y(value)}
            y2={y(value)}
          />
          <text class="tick" x={frame.left - 8} y={y(value) + 4} text-anchor="end">
            {yText(value)}
          </text>
        </g>
      ))}
      {xTicks.map((value) => (
        <g key={value}>
          <line class="axis" x1={x(value)} x2={x(value)} y1={frame.base} y2={frame.base + 4} />
          <text class="tick" x={x(value)} y={frame.base + 19} text-anchor="middle">
            {xText(value)}
          </text>
        </g>
      ))}
      <text class="axis-name" x={(frame.left + frame.right) / 2} y={frame.height - 8} text-anchor="middle">
        {xName}
      </text>
      <text class="axis-name" x={frame.left - 48} y={14} text-anchor="start">
        {`↑ ${yName}`}
      </text>
    </g>
  );
}
