const SHAPES = {
  check: "M5 12.5 10 17.5 19.5 7",
  close: "M6 6 18 18M18 6 6 18",
  left: "M15 5 8 12l7 7",
  right: "M9 5l7 7-7 7",
  up: "M5 15l7-7 7 7",
  down: "M5 9l7 7 7-7",
  flag: "M6 21V4M6 5h11l-2.5 4L17 13H6",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5V12l3 2.5",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6",
  eyeOff:
    "M4 4l16 16M9.5 5.8A9.6 9.6 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-2.9 3.6M6 7.6A16.6 16.6 0 0 0 2.5 12S6 18.5 12 18.5c1.5 0 2.8-.4 4-1",
  online: "M4 9.5a12 12 0 0 1 16 0M7 13a7.5 7.5 0 0 1 10 0M12 18h.01M9.8 15.9a3.5 3.5 0 0 1 4.4 0",
  offline: "M4 4l16 16M4 9.5A12 12 0 0 1 8 7M12 6.4c3 0 5.8 1.1 8 3.1M7 13a7.5 7.5 0 0 1 4-1.9M12 18h.01",
  warning: "M12 4 2.8 19.5h18.4ZM12 10v4.5M12 17.2h.01",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 11v5.5M12 7.8h.01",
  stop: "M8.5 3.5h7l5 5v7l-5 5h-7l-5-5v-7ZM12 8v4.5M12 16h.01",
  lock: "M6 11h12v9H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  paper: "M6.5 3.5h8l4 4v13h-12ZM14 3.5V8h4.5M9.5 12.5h6M9.5 16h6",
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7Z",
  keyboard: "M3 6.5h18v11H3ZM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8",
  list: "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5a7.5 7.5 0 0 1 15 0",
  people:
    "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M2.5 20a6.5 6.5 0 0 1 13 0M16 5.3a3.5 3.5 0 0 1 0 6.4M17.5 14.3A6.5 6.5 0 0 1 21.5 20",
  zoom: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15 15l5 5M8 10.5h5M10.5 8v5",
  message: "M4 5h16v11H10l-4 4v-4H4Z",
  text: "M3.5 18 8 6l4.5 12M5 14h6M14.5 18l3-8 3 8M15.5 15.5h4",
  pause: "M8.5 5v14M15.5 5v14",
  play: "M8 5l11 7-11 7Z",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15 15l5 5",
  upload: "M12 16V5M7.5 9 12 4.5 16.5 9M4.5 15.5v4h15v-4",
  download: "M12 4.5v11M7.5 11 12 15.5 16.5 11M4.5 15.5v4h15v-4",
  exit: "M10 4.5H5v15h5M14 8l4 4-4 4M18 12H9",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15ZM10.5 21h3",
  bank: "M4 6.5C4 5 8 4 12 4s8 1 8 2.5S16 9 12 9 4 8 4 6.5M4 6.5V17.5C4 19 8 20 12 20s8-1 8-2.5V6.5M4 12c0 1.5 4 2.5 8 2.5s8-1 8-2.5",
  chart: "M4 20h16M7 16v-5M12 16V6M17 16v-8",
  pulse: "M3 12h4l3-7 4 14 3-7h4",
  room: "M4 5h7v5H4ZM13 5h7v5h-7ZM4 14h7v5H4ZM13 14h7v5h-7Z",
  dot: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8",
  ring: "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14",
} as const;

export type IconName = keyof typeof SHAPES;

interface IconProps {
  name: IconName;
  /** Said by screen readers; without it the icon is decoration beside a word. */
  label?: string;
  solid?: boolean;
}

/** A drawn sign in the colour of the text around it. */
export function Icon({ name, label, solid = false }: IconProps) {
  const naming =
    label === undefined ? { "aria-hidden": true as const } : { role: "img" as const, "aria-label": label };
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: the caller gives the label, or there is a word beside the icon.
    <svg class={solid ? "icon icon-solid" : "icon"} viewBox="0 0 24 24" focusable="false" {...naming}>
      <path d={SHAPES[name]} />
    </svg>
  );
}
