import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./Icon";

export interface ButtonProps extends Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, "size" | "icon"> {
  kind?: "plain" | "primary" | "danger" | "quiet";
  small?: boolean;
  icon?: IconName;
  iconAfter?: IconName;
  children?: ComponentChildren;
}

/** A button; its type is "button" unless given. An icon alone needs `aria-label`. */
export function Button({
  kind = "plain",
  small,
  icon,
  iconAfter,
  class: extra,
  children,
  ...rest
}: ButtonProps) {
  const classes = ["button", `button-${kind}`, small ? "button-small" : "", extra ?? ""];
  return (
    <button type="button" {...rest} class={classes.filter(Boolean).join(" ")}>
      {icon && <Icon name={icon} />}
      {children}
      {iconAfter && <Icon name={iconAfter} />}
    </button>
  );
}
