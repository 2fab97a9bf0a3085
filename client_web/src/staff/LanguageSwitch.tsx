import { setLanguage, useLanguage } from "../base/catalogue";

const LANGUAGES = { vi: "Tiếng Việt", en: "English" } as const;

/** Each language under its own name, as its readers look for it. */
export function LanguageSwitch() {
  const current = useLanguage();
  return (
    <div class="languages">
      {(["vi", "en"] as const).map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          class="language"
          aria-pressed={current === language}
          onClick={() => setLanguage(language)}
        >
          {LANGUAGES[language]}
        </button>
      ))}
    </div>
  );
}
