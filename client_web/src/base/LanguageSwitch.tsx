import { type Language, setLanguage, useLanguage } from "./catalogue";
import { t } from "./texts";

const LANGUAGES: readonly Language[] = ["vi", "en"];

/** Vietnamese or English. */
export function LanguageSwitch() {
  const current = useLanguage();
  return (
    <fieldset class="languages">
      <legend class="visually-hidden">{t("language")}</legend>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          class="language"
          lang={language}
          aria-pressed={language === current}
          onClick={() => setLanguage(language)}
        >
          {t(`language_${language}`)}
        </button>
      ))}
    </fieldset>
  );
}
