import { type ComponentChildren, createContext, type JSX } from "preact";
import { useContext, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Image, ListBlock, Math as MathNode, Paragraph, Table, Text } from "../protocol/messages";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Icon } from "./Icon";
import { buildMath } from "./mathml";
import "./richtext.css";
import { t } from "./texts";

export type Block = Paragraph | ListBlock | Table;
export type Inline = Paragraph["children"][number];
export type RichTextTree = readonly Block[];

/** Gives the address of a picture by its SHA-256; undefined while it is not there. */
export type PictureSource = (sha256: string) => string | undefined;

/** Where pictures come from: a page provides it once around all its texts. */
export const Pictures = createContext<PictureSource>(() => undefined);

const MARKS = { b: "strong", i: "em", u: "u", sup: "sup", sub: "sub" } as const;

/** A text of the item bank. `phrasing` draws paragraphs as spans, for labels. */
export function RichText({ text, phrasing = false }: { text: RichTextTree; phrasing?: boolean }) {
  const Frame = phrasing ? "span" : "div";
  return <Frame class="richtext">{text.map((block, index) => drawBlock(block, index, phrasing))}</Frame>;
}

function drawBlock(block: Block, key: number, phrasing: boolean): JSX.Element {
  switch (block.t) {
    case "p":
      return drawParagraph(block, key, phrasing);
    case "list":
      return <List key={key} list={block} />;
    case "table":
      return <Grid key={key} table={block} />;
  }
}

function drawParagraph(paragraph: Paragraph, key: number, phrasing: boolean): JSX.Element {
  const Frame = phrasing ? "span" : "p";
  const align = paragraph.align ?? "start";
  return (
    <Frame key={key} class={align === "start" ? "paragraph" : `paragraph ${align}`}>
      {drawLine(paragraph.children)}
    </Frame>
  );
}

function List({ list }: { list: ListBlock }) {
  const Frame = list.ordered ? "ol" : "ul";
  return (
    <Frame class="entries">
      {list.entries.map((entry, index) => (
        <li key={index}>{drawLine(entry)}</li>
      ))}
    </Frame>
  );
}

function Grid({ table }: { table: Table }) {
  return (
    <div class="table-frame">
      <table>
        <tbody>
          {table.rows.map((row, y) => (
            <tr key={y}>{row.map((cell, x) => drawCell(cell, x))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function drawCell(cell: Table["rows"][number][number], key: number): JSX.Element {
  const Frame = cell.header ? "th" : "td";
  return (
    <Frame key={key} colSpan={cell.colspan ?? 1} rowSpan={cell.rowspan ?? 1}>
      {cell.children.map((block, index) => drawBlock(block, index, false))}
    </Frame>
  );
}

function drawLine(line: readonly Inline[]): ComponentChildren {
  return line.map((inline, index) => drawInline(inline, index));
}

function drawInline(inline: Inline, key: number): ComponentChildren {
  switch (inline.t) {
    case "text":
      return drawMarks(inline);
    case "br":
      return <br key={key} />;
    case "math":
      return <Formula key={key} math={inline} />;
    case "img":
      return <Picture key={key} image={inline} />;
  }
}

function drawMarks(run: Text): ComponentChildren {
  return (run.marks ?? []).reduce<ComponentChildren>((inner, mark) => {
    const Tag = MARKS[mark];
    return <Tag>{inner}</Tag>;
  }, run.text);
}

function Formula({ math }: { math: MathNode }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    place.current?.replaceChildren(drawFormula(math));
  }, [math]);
  return <span ref={place} class={math.display ? "formula-block" : "formula"} />;
}

function drawFormula(math: MathNode): Element {
  const built = buildMath(math.mathml);
  if (built !== null && "MathMLElement" in window) {
    if (math.display) built.setAttribute("display", "block");
    return built;
  }
  // A browser without MathML still shows what the formula says.
  const source = document.createElement("span");
  source.className = "latex";
  source.textContent = math.latex;
  return source;
}

function Picture({ image }: { image: Image }) {
  const [open, setOpen] = useState(false);
  const url = useContext(Pictures)(image.sha256);
  const alt = image.alt ?? "";
  return (
    <span class="picture">
      <img src={url} alt={alt} width={image.width} height={image.height} />
      <button
        type="button"
        class="picture-zoom"
        aria-label={alt ? t("zoom_named", { name: alt }) : t("zoom")}
        onClick={(event) => {
          event.preventDefault();
          setOpen(true);
        }}
      >
        <Icon name="zoom" />
      </button>
      {open && (
        // Inside an option's label a click in the dialog must not choose the option.
        // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: nothing happens here; it only stops the label.
        <span onClick={(event) => event.preventDefault()}>
          <Zoom image={image} url={url} onClose={() => setOpen(false)} />
        </span>
      )}
    </span>
  );
}

const SCALES = [1, 1.5, 2, 3, 4] as const;

function Zoom({ image, url, onClose }: { image: Image; url: string | undefined; onClose: () => void }) {
  const [step, setStep] = useState(1);
  const scale = SCALES[step] ?? 1;
  return (
    <Dialog open wide title={image.alt || t("picture")} onClose={onClose}>
      <div class="picture-tools">
        <Button icon="minus" disabled={step === 0} onClick={() => setStep(step - 1)}>
          {t("zoom_out")}
        </Button>{" "}
        <Button icon="plus" disabled={step === SCALES.length - 1} onClick={() => setStep(step + 1)}>
          {t("zoom_in")}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable with the keyboard. */}
      <section class="picture-frame" tabIndex={0} aria-label={t("picture")}>
        <img src={url} alt={image.alt ?? ""} width={image.width * scale} height={image.height * scale} />
      </section>
    </Dialog>
  );
}
