/** Paper formats the server knows by name (item_bank/templates.py), with their usual time. */
export const TEMPLATES = [
  { name: "thpt_2025_maths", minutes: 90 },
  { name: "thpt_2025_physics", minutes: 50 },
  { name: "thpt_2025_chemistry", minutes: 50 },
  { name: "thpt_2025_biology", minutes: 50 },
  { name: "thpt_2025_geography", minutes: 50 },
  { name: "thpt_2025_history", minutes: 50 },
  { name: "thpt_2025_economics_law", minutes: 50 },
  { name: "thpt_2025_technology", minutes: 50 },
  { name: "thpt_2025_informatics", minutes: 50 },
  { name: "thpt_2025_foreign_language", minutes: 50 },
] as const;

export type TemplateName = (typeof TEMPLATES)[number]["name"];

/** The usual time of a format in minutes. */
export function usualMinutes(name: TemplateName): number {
  return TEMPLATES.find((template) => template.name === name)?.minutes ?? 90;
}
