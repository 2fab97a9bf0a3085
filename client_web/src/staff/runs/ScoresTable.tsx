import { useEffect, useState } from "preact/hooks";
import { TextField } from "../../base/Field";
import type { CandidateScore, Scores, ScoringRun } from "../../protocol/messages";
import { readScores, type ScoreSort } from "../api";
import { type Column, DataTable } from "../DataTable";
import { Empty } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import { decimalText, numberText } from "../measurement/numbers";
import { Pager } from "../Pager";
import { partText } from "../parts";
import { pointsText } from "../points";
import { coded, type StaffText, t } from "../texts";

type Name = ScoreSort | "class" | "range" | `part-${number}`;

const TYPING_MS = 250;

/** What the scores are; those of any other run are provisional. */
const CAPTIONS: Partial<Record<ScoringRun["state"], StaffText>> = {
  signed: "scores",
  superseded: "scores_replaced",
};

/** A run's scores, a page at a time: found by name or number, ordered by name, number, score or ability. */
export function ScoresTable({ run: { id: run, state } }: { run: ScoringRun }) {
  const caption = t(CAPTIONS[state] ?? "scores_provisional");
  const [typed, setTyped] = useState("");
  const search = useSettled(typed);
  const [sort, setSort] = useState<ScoreSort>("name");
  const [page, setPage] = useState(1);
  const load = useLoad(
    (signal) => readScores(run, { search, page, sort }, signal),
    [run, search, page, sort],
  );
  useEffect(() => setPage(1), [search, sort]);
  return (
    <section class="block" aria-label={caption}>
      <search class="filters no-print">
        <TextField
          label={t("filter_candidates")}
          type="search"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </search>
      <Loaded load={load}>
        {(found) =>
          found.total === 0 && search === "" ? (
            <Empty title={t("scores_empty")} />
          ) : (
            <>
              <Pager page={page} size={found.page_size} total={found.total} onPage={setPage} />
              <Table caption={caption} found={found} sort={sort} onSort={setSort} />
            </>
          )
        }
      </Loaded>
      <p class="soft prose">{t("scores_range_means")}</p>
    </section>
  );
}

/** What was typed, once typing pauses: every letter would be a question to the server. */
function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}

interface TableProps {
  caption: string;
  found: Scores;
  sort: ScoreSort;
  onSort: (sort: ScoreSort) => void;
}

const SORTS: readonly string[] = ["name", "number", "score", "theta"];

function Table({ caption, found, sort, onSort }: TableProps) {
  const parts = found.scores.find((row) => row.parts.length > 0)?.parts ?? [];
  const abilities = found.scores.some((row) => row.theta !== null);
  const ranges = found.scores.some((row) => row.low !== null);
  const columns: Column<Name>[] = [
    { name: "number", label: t("column_candidate_number"), sorts: true },
    { name: "name", label: t("column_name"), sorts: true },
    { name: "class", label: t("column_class") },
    ...parts.map(
      (part, place): Column<Name> => ({
        name: `part-${place}`,
        label: `${partText(part.label)} (${decimalText(part.points)})`,
        number: true,
      }),
    ),
    { name: "score", label: t("column_score"), sorts: true, number: true },
    ...(ranges ? [{ name: "range", label: t("column_range"), number: true } as const] : []),
    ...(abilities ? [{ name: "theta", label: t("ability"), sorts: true, number: true } as const] : []),
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      order={{ column: sort, descending: sort === "score" || sort === "theta" }}
      onOrder={(column) => SORTS.includes(column) && onSort(column as ScoreSort)}
    >
      {found.scores.map((row) => (
        <Row key={row.sitting} row={row} parts={parts.length} ranges={ranges} abilities={abilities} />
      ))}
    </DataTable>
  );
}

interface RowProps {
  row: CandidateScore;
  parts: number;
  ranges: boolean;
  abilities: boolean;
}

function Row({ row, parts, ranges, abilities }: RowProps) {
  return (
    <tr>
      <td class="tabular">{row.number}</td>
      <td>{row.name}</td>
      <td>{row.class_name}</td>
      {Array.from({ length: parts }, (_, place) => (
        <td key={place} class="number">
          {scoreText(row.parts[place]?.score ?? null)}
        </td>
      ))}
      <td class="number">
        <span class="strong">{row.score === null ? coded("state", row.state) : scoreText(row.score)}</span>
        {row.sanction && (
          <span class="sanctioned">
            {t("score_sanctioned", {
              sanction: coded("sanction", row.sanction),
              raw: decimalText(row.raw_score),
            })}
          </span>
        )}
      </td>
      {ranges && <td class="number nowrap">{rangeOf(row)}</td>}
      {abilities && <td class="number">{numberText(row.theta)}</td>}
    </tr>
  );
}

function scoreText(score: string | null): string {
  return score === null ? "–" : pointsText(score);
}

function rangeOf({ low, high }: CandidateScore): string {
  if (low === null || high === null) return "–";
  return t("range", { low: scoreText(low), high: scoreText(high) });
}
