import { Button } from "../base/Button";
import { Dialog } from "../base/Dialog";
import { LanguageSwitch } from "../base/LanguageSwitch";
import { useStore } from "../base/store";
import { type StudentText, t } from "../base/texts";
import { changeSettings, type Settings, settings } from "./settings";

interface PanelProps {
  open: boolean;
  onClose: () => void;
}

/** Text size, colours, view, keys, language. */
export function Display({ open, onClose, onKeys }: PanelProps & { onKeys: () => void }) {
  const { size, theme, mode, letters } = useStore(settings);
  return (
    <Dialog open={open} title={t("display")} onClose={onClose}>
      <Choice
        title={t("display_size")}
        name="size"
        value={size}
        entries={{ normal: "size_normal", large: "size_large", huge: "size_huge" }}
      />
      <Choice
        title={t("display_theme")}
        name="theme"
        value={theme}
        entries={{ light: "theme_light", dark: "theme_dark", contrast: "theme_contrast" }}
      />
      <Choice
        title={t("display_mode")}
        name="mode"
        value={mode}
        entries={{ single: "mode_single", all: "mode_all" }}
      />
      <fieldset class="choice">
        <legend>{t("display_letters")}</legend>
        <label class="tick">
          <input
            type="checkbox"
            checked={letters}
            onChange={(event) => changeSettings({ letters: event.currentTarget.checked })}
          />
          {t("letters_on")}
        </label>
        <div>
          <Button small icon="keyboard" onClick={onKeys}>
            {t("keys")}
          </Button>
        </div>
      </fieldset>
      <div class="choice">
        <p class="choice-title">{t("language")}</p>
        <LanguageSwitch />
      </div>
    </Dialog>
  );
}

interface ChoiceProps<Name extends "size" | "theme" | "mode"> {
  title: string;
  name: Name;
  value: Settings[Name];
  entries: Readonly<Record<Settings[Name], StudentText>>;
}

function Choice<Name extends "size" | "theme" | "mode">({ title, name, value, entries }: ChoiceProps<Name>) {
  const rows = Object.entries(entries) as [Settings[Name], StudentText][];
  return (
    <fieldset class="choice">
      <legend>{title}</legend>
      <div class="segments">
        {rows.map(([entry, text]) => (
          <label key={entry} class={`segment segment-${entry}`}>
            <input
              type="radio"
              name={`display-${name}`}
              checked={entry === value}
              onChange={() => changeSettings({ [name]: entry })}
            />
            <span>{t(text)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** What each key does. */
export function Keys({ open, onClose }: PanelProps) {
  const rows: [string[], StudentText][] = [
    [[t("key_arrows")], "keys_move"],
    [["Enter"], "keys_next"],
    [["A–D", "1–4"], "keys_choose"],
    [[t("key_up_down")], "keys_up_down"],
    [["F"], "keys_flag"],
    [["Delete"], "keys_clear"],
    [["Tab"], "keys_tab"],
    [["?"], "keys_help"],
  ];
  return (
    <Dialog open={open} title={t("keys")} onClose={onClose}>
      <table class="keys">
        <tbody>
          {rows.map(([keys, text]) => (
            <tr key={text}>
              <th scope="row">
                {keys.map((key, index) => (
                  <span key={key}>
                    {index > 0 && ` ${t("key_or")} `}
                    <kbd>{key}</kbd>
                  </span>
                ))}
              </th>
              <td>{t(text)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
