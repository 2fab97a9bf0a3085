import { useState } from "preact/hooks";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { Field, TextField } from "../../base/Field";
import type { Bank, ItemRow, NewExam } from "../../protocol/messages";
import { createExam, listBanks, listItems } from "../api";
import { Choices } from "../Choices";
import { TEMPLATES, type TemplateName, usualMinutes } from "../core/templates";
import { Empty, Heading } from "../Heading";
import { ActError, Loaded, useAct, useLoad } from "../Loading";
import { go } from "../router";
import { counted, t } from "../texts";

interface NewExamProps {
  bank: number | null;
  source: string | null;
}

/** A new exam from all items of one imported file. */
export function NewExamPage({ bank, source }: NewExamProps) {
  const banks = useLoad(listBanks, []);
  return (
    <>
      <Heading title={t("exam_create")} up={{ to: { page: "exams" }, label: t("nav_exams") }} />
      <Loaded load={banks}>
        {(found) =>
          found.banks.length === 0 ? (
            <Empty title={t("banks_empty")}>
              <p>{t("exam_needs_items")}</p>
            </Empty>
          ) : (
            <ExamForm banks={found.banks} bank={bank} source={source} />
          )
        }
      </Loaded>
    </>
  );
}

/** The files of a bank, each with how many items it has and how many of them lack a key. */
function sourcesOf(items: readonly ItemRow[]): { name: string; items: number; keyless: number }[] {
  const names = [...new Set(items.map((item) => item.source))];
  return names.map((name) => {
    const own = items.filter((item) => item.source === name);
    return { name, items: own.length, keyless: own.filter((item) => !item.has_key).length };
  });
}

function ExamForm({ banks, bank, source }: NewExamProps & { banks: readonly Bank[] }) {
  const act = useAct();
  const [exam, setExam] = useState<NewExam>(() => ({
    title: "",
    subject: "",
    bank: bank ?? banks[0]?.id ?? 0,
    source: source ?? "",
    template: TEMPLATES[0].name,
    minutes: TEMPLATES[0].minutes,
    release: "at_once",
  }));
  const items = useLoad((signal) => listItems(exam.bank, "", signal), [exam.bank]);
  const sources = sourcesOf(items.value?.items ?? []);
  const chosen = sources.find((each) => each.name === exam.source) ?? sources[0];
  const change = (changes: Partial<NewExam>) => setExam({ ...exam, ...changes });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void act.run(async () => {
      const made = await createExam({ ...exam, source: chosen?.name ?? "", title: exam.title.trim() });
      go({ page: "exam", exam: made.id });
    });
  };
  return (
    <form class="form" onSubmit={submit}>
      <ActError act={act} />
      <TextField
        label={t("exam_title")}
        hint={t("exam_title_hint")}
        required
        maxLength={200}
        value={exam.title}
        onInput={(event) => change({ title: event.currentTarget.value })}
      />
      <TextField
        label={t("column_subject")}
        required
        maxLength={100}
        value={exam.subject}
        onInput={(event) => change({ subject: event.currentTarget.value })}
      />
      <Field label={t("bank")}>
        {(control) => (
          <select
            {...control}
            class="input"
            value={exam.bank}
            onChange={(event) => change({ bank: Number(event.currentTarget.value), source: "" })}
          >
            {banks.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t("exam_source")} hint={t("exam_source_hint")}>
        {(control) => (
          <select
            {...control}
            class="input"
            required
            value={chosen?.name ?? ""}
            onChange={(event) => change({ source: event.currentTarget.value })}
          >
            {sources.map((each) => (
              <option key={each.name} value={each.name}>
                {`${each.name} (${counted("items", each.items)})`}
              </option>
            ))}
          </select>
        )}
      </Field>
      {items.value && sources.length === 0 && <Banner tone="waiting">{t("exam_bank_empty")}</Banner>}
      {chosen && chosen.keyless > 0 && (
        <Banner tone="waiting">{t("exam_keyless", { count: chosen.keyless })}</Banner>
      )}
      <Field label={t("exam_template")} hint={t("exam_template_hint")}>
        {(control) => (
          <select
            {...control}
            class="input"
            value={exam.template}
            onChange={(event) => {
              const template = event.currentTarget.value as TemplateName;
              change({ template, minutes: usualMinutes(template) });
            }}
          >
            {TEMPLATES.map((template) => (
              <option key={template.name} value={template.name}>
                {t(`template_${template.name}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        label={t("exam_minutes")}
        type="number"
        class="input-short"
        min={1}
        max={600}
        required
        value={exam.minutes}
        onInput={(event) => change({ minutes: Number(event.currentTarget.value) })}
      />
      <Choices
        legend={t("exam_release")}
        name="release"
        value={exam.release}
        values={["at_once", "signed"] as const}
        onChange={(release) => change({ release })}
        textOf={(release) => ({ label: t(`release_${release}`), hint: t(`release_${release}_hint`) })}
      />
      <div class="form-acts">
        <Button onClick={() => go({ page: "exams" })}>{t("cancel")}</Button>
        <Button kind="primary" type="submit" disabled={act.busy || chosen === undefined}>
          {t("exam_create")}
        </Button>
      </div>
    </form>
  );
}
