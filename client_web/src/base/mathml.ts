const NAMESPACE = "http://www.w3.org/1998/Math/MathML";

// The server has sanitised the formula already; this list is the last guard, and nothing outside it is built.
const ELEMENTS = new Set(
  (
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle merror mpadded mphantom msub msup msubsup " +
    "munder mover munderover mmultiscripts mprescripts none mtable mtr mtd"
  ).split(" "),
);
const ATTRIBUTES = new Set(
  (
    "display dir displaystyle scriptlevel mathvariant form fence separator stretchy symmetric largeop " +
    "movablelimits lspace rspace minsize maxsize linethickness width height depth voffset accent accentunder " +
    "columnspan rowspan"
  ).split(" "),
);

/** The formula as a tree for this document; null when the text is no MathML. */
export function buildMath(mathml: string): Element | null {
  const root = new DOMParser().parseFromString(mathml, "application/xml").documentElement;
  return root?.localName === "math" ? build(root, []) : null;
}

function build(source: Element, alignment: readonly string[]): Element | null {
  if (!ELEMENTS.has(source.localName)) return null;
  const made = document.createElementNS(NAMESPACE, source.localName);
  for (const { name, value } of [...source.attributes]) {
    if (ATTRIBUTES.has(name)) made.setAttribute(name, value);
  }
  const columns = source.localName === "mtable" ? columnsOf(source) : alignment;
  for (const child of [...source.childNodes]) append(made, child, columns);
  if (source.localName === "mtr") align(made, columns);
  return made;
}

function append(parent: Element, child: ChildNode, columns: readonly string[]): void {
  if (child.nodeType === Node.TEXT_NODE) parent.append(child.textContent ?? "");
  if (child.nodeType !== Node.ELEMENT_NODE) return;
  const made = build(child as Element, columns);
  if (made !== null) parent.append(made);
}

function columnsOf(table: Element): string[] {
  return (table.getAttribute("columnalign") ?? "").split(" ").filter(Boolean);
}

// MathML Core leaves the alignment of columns to the style sheet.
function align(row: Element, columns: readonly string[]): void {
  if (columns.length === 0) return;
  [...row.children].forEach((cell, index) => {
    const side = columns[Math.min(index, columns.length - 1)];
    if (side === "left" || side === "right") cell.setAttribute("class", side);
  });
}
