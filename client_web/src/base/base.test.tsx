import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, it } from "vitest";
import studentEn from "../../../exam_server/catalogue/en/student.json";
import studentVi from "../../../exam_server/catalogue/vi/student.json";
import { fill, languageOf, section, setLanguage } from "./catalogue";
import {
  formatCountdown,
  formatDate,
  formatDateTime,
  formatDecimal,
  formatNumber,
  formatShare,
} from "./formats";
import { buildMath } from "./mathml";
import { Pictures, RichText, type RichTextTree } from "./RichText";

beforeEach(() => setLanguage("vi"));

describe("catalogue", () => {
  it("has the same keys and params in both languages", () => {
    const params = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    expect(Object.keys(studentEn)).toEqual(Object.keys(studentVi));
    for (const [key, text] of Object.entries(studentVi)) {
      expect([key, params(studentEn[key as keyof typeof studentEn])]).toEqual([key, params(text)]);
    }
  });

  it("follows the language, which the cookie tells the server", () => {
    const t = section({ hello: "Chào {name}" }, { hello: "Hello {name}" });
    expect(t("hello", { name: "An" })).toBe("Chào An");
    setLanguage("en");
    expect(t("hello", { name: "An" })).toBe("Hello An");
    expect(languageOf(document.cookie)).toBe("en");
    expect(document.documentElement.lang).toBe("en");
  });

  it("is Vietnamese unless the cookie says otherwise", () => {
    expect(languageOf("")).toBe("vi");
    expect(languageOf("a=1; lang=en; b=2")).toBe("en");
    expect(languageOf("xlang=en")).toBe("vi");
  });

  it("leaves a forgotten param visible", () => expect(fill("{a} {b}", { a: 1 })).toBe("1 {b}"));
});

describe("formats", () => {
  it("write Vietnamese and English numbers and dates", () => {
    const moment = new Date(2026, 10, 2, 8, 5);
    expect([formatDecimal("8.25"), formatNumber(0.5, 2), formatShare(0.625, 1)]).toEqual([
      "8,25",
      "0,50",
      "62,5\u00a0%",
    ]);
    expect([formatDate(moment), formatDateTime(moment)]).toEqual(["02/11/2026", "08:05 02/11/2026"]);
    expect([formatDecimal("8.25", "en"), formatDate(moment, "en")]).toEqual(["8.25", "2 Nov 2026"]);
  });

  it.each([
    [5_400_000, "1:30:00"],
    [59_001, "01:00"],
    [59_000, "00:59"],
    [-5, "00:00"],
  ])("count %i ms down as %s", (ms, text) => expect(formatCountdown(ms)).toBe(text));
});

describe("formulas", () => {
  const inside = (markup: string) => `<math xmlns="http://www.w3.org/1998/Math/MathML">${markup}</math>`;

  it("keep presentation markup and align columns by class", () => {
    const built = buildMath(
      inside(
        '<mtable columnalign="left right"><mtr><mtd><mi>x</mi></mtd><mtd><mn>1</mn></mtd></mtr></mtable>',
      ),
    );
    expect([...(built?.querySelectorAll("mtd") ?? [])].map((cell) => cell.getAttribute("class"))).toEqual([
      "left",
      "right",
    ]);
    expect(built?.namespaceURI).toBe("http://www.w3.org/1998/Math/MathML");
  });

  it("lose everything that is not on the list", () => {
    const built = buildMath(
      inside(
        '<mi onclick="x()" href="javascript:x()" style="color:red">x</mi><script>x()</script>' +
          '<semantics><annotation-xml encoding="text/html"><img src="x" onerror="x()"/></annotation-xml></semantics>',
      ),
    );
    expect(built?.outerHTML).not.toMatch(/script|onclick|onerror|href|style|annotation|img/);
    expect(built?.textContent).toBe("x");
  });

  it("are not made of what is no MathML", () => expect(buildMath("<svg/>")).toBeNull());
});

describe("rich text", () => {
  const text: RichTextTree = [
    {
      t: "p",
      children: [{ t: "text", text: "H", marks: [] }, { t: "text", text: "2", marks: ["sub"] }, { t: "br" }],
    },
    { t: "list", ordered: true, entries: [[{ t: "text", text: "một" }]] },
    {
      t: "table",
      rows: [[{ header: true, colspan: 2, children: [{ t: "p", children: [{ t: "text", text: "<b>" }] }] }]],
    },
    { t: "p", align: "center", children: [{ t: "img", sha256: "ab", width: 30, height: 20, alt: "Hình 1" }] },
  ];

  it("draws every node, as text and never as markup", () => {
    const page = document.createElement("div");
    act(() =>
      render(
        <Pictures.Provider value={(sha256) => `/p/${sha256}`}>
          <RichText text={text} />
        </Pictures.Provider>,
        page,
      ),
    );
    expect(page.querySelector("sub")?.textContent).toBe("2");
    expect(page.querySelector("ol li")?.textContent).toBe("một");
    expect(page.querySelector("th")?.textContent).toBe("<b>");
    expect(page.querySelector("th")?.getAttribute("colspan")).toBe("2");
    expect(page.querySelector("img")?.getAttribute("src")).toBe("/p/ab");
    expect(page.querySelector("button")?.getAttribute("aria-label")).toBe("Phóng to hình: Hình 1");
  });
});
