// Generated from exam_server/protocol/schema.json by `npm run protocol`; change the Python types instead.

export type ClientMessage = Hello | Answer | Flag | Visit | Submit | Evidence | Ping | Received;
export type ServerMessage = Queued | Welcome | State | Ack | Refused | Pong | Notice | Submitted | Retry;

/**
 * Every message type by name.
 */
export interface Messages {
  Ack: Ack;
  Alarms: Alarms;
  Answer: Answer;
  Bank: Bank;
  Banks: Banks;
  Bin: Bin;
  Break: Break;
  CandidateCard: CandidateCard;
  CandidateLogin: CandidateLogin;
  CandidateRow: CandidateRow;
  CandidateScore: CandidateScore;
  CandidateSession: CandidateSession;
  Candidates: Candidates;
  Cell: Cell;
  ClientMessage: ClientMessage;
  Command: Command;
  CommandRefusal: CommandRefusal;
  CommandResult: CommandResult;
  Count: Count;
  Curve: Curve;
  DifferenceCount: DifferenceCount;
  DiskRow: DiskRow;
  Dot: Dot;
  Evidence: Evidence;
  ExamDetail: ExamDetail;
  ExamRow: ExamRow;
  Exams: Exams;
  Expectation: Expectation;
  Flag: Flag;
  Form: Form;
  FormAsset: FormAsset;
  FormItem: FormItem;
  FormOrder: FormOrder;
  FormPart: FormPart;
  FormPassage: FormPassage;
  FormRef: FormRef;
  GroupContrast: GroupContrast;
  Hello: Hello;
  Image: Image;
  ImportItem: ImportItem;
  ImportReview: ImportReview;
  ItemAnalysis: ItemAnalysis;
  ItemDetail: ItemDetail;
  ItemLine: ItemLine;
  ItemOrder: ItemOrder;
  ItemPair: ItemPair;
  ItemRow: ItemRow;
  ItemStatistics: ItemStatistics;
  ItemUse: ItemUse;
  Items: Items;
  JournalProof: JournalProof;
  JournalledEvent: JournalledEvent;
  Judgement: Judgement;
  KeyChange: KeyChange;
  KeyChanges: KeyChanges;
  KeyDecision: KeyDecision;
  KeyPreview: KeyPreview;
  LineReply: LineReply;
  LineRequest: LineRequest;
  LinkableRun: LinkableRun;
  ListBlock: ListBlock;
  LiveKey: LiveKey;
  Log: Log;
  LogRow: LogRow;
  LoginQueue: LoginQueue;
  Math: Math;
  ModelFindings: ModelFindings;
  NewBank: NewBank;
  NewExam: NewExam;
  NewKeyChange: NewKeyChange;
  NewRehearsal: NewRehearsal;
  NewRun: NewRun;
  NewSanction: NewSanction;
  NewShift: NewShift;
  Note: Note;
  Notice: Notice;
  Option: Option;
  OptionLine: OptionLine;
  PaperItem: PaperItem;
  Paragraph: Paragraph;
  PartScore: PartScore;
  Ping: Ping;
  Pong: Pong;
  Problem: Problem;
  Proofs: Proofs;
  Queued: Queued;
  Receipt: Receipt;
  Received: Received;
  Refused: Refused;
  RehearsalCode: RehearsalCode;
  RehearsalEntry: RehearsalEntry;
  RehearsalFinding: RehearsalFinding;
  RehearsalLogin: RehearsalLogin;
  RehearsalMeasured: RehearsalMeasured;
  RehearsalPlan: RehearsalPlan;
  RehearsalReport: RehearsalReport;
  RehearsalRow: RehearsalRow;
  RehearsalToken: RehearsalToken;
  RehearsalVerdict: RehearsalVerdict;
  Rehearsals: Rehearsals;
  Results: Results;
  Retry: Retry;
  RoomView: RoomView;
  RosterLine: RosterLine;
  RosterReview: RosterReview;
  Runs: Runs;
  Sanction: Sanction;
  Sanctions: Sanctions;
  Saved: Saved;
  ScoreChange: ScoreChange;
  Scores: Scores;
  ScoringRun: ScoringRun;
  ScriptRow: ScriptRow;
  Seat: Seat;
  Series: Series;
  ServerMessage: ServerMessage;
  ServerTime: ServerTime;
  ShiftLoad: ShiftLoad;
  ShiftRow: ShiftRow;
  Shifts: Shifts;
  ShortAnswer: ShortAnswer;
  ShortAnswerKey: ShortAnswerKey;
  SignRun: SignRun;
  SingleChoice: SingleChoice;
  SingleChoiceKey: SingleChoiceKey;
  StaffLogin: StaffLogin;
  StaffSession: StaffSession;
  State: State;
  Statement: Statement;
  Submit: Submit;
  Submitted: Submitted;
  Table: Table;
  TestAnalysis: TestAnalysis;
  Text: Text;
  Timing: Timing;
  TrueFalse: TrueFalse;
  TrueFalseKey: TrueFalseKey;
  Visit: Visit;
  Welcome: Welcome;
  WindowView: WindowView;
  WorkerRow: WorkerRow;
}
/**
 * Every event up to and including ``seq`` is committed.
 */
export interface Ack {
  type: "ack";
  seq: number;
}
/**
 * GET /api/alarms: what whoever watches a room must pass on.
 */
export interface Alarms {
  alarms: Judgement[];
}
/**
 * Something that needs somebody. ``window_<code>`` of the catalogue says what, ``window_<code>_do`` what to do. A parameter whose name ends in ``_bytes`` is shown as a size.
 */
export interface Judgement {
  code: string;
  level: "attention" | "danger";
  params: {
    [k: string]: string | number;
  };
}
/**
 * Event: the response to an item. ``at_ms`` is the server time as the client estimates it.
 */
export interface Answer {
  type: "answer";
  seq: number;
  item: number;
  response: string | (boolean | null)[] | null;
  at_ms: number;
}
/**
 * A row of GET /api/banks.
 */
export interface Bank {
  id: number;
  name: string;
  items: number;
}
/**
 * GET /api/banks.
 */
export interface Banks {
  banks: Bank[];
}
/**
 * Scripts with ``low`` ≤ score < ``high`` (the last bin includes its upper end).
 */
export interface Bin {
  low: string;
  high: string;
  count: number;
}
/**
 * A line break inside a paragraph.
 */
export interface Break {
  t: "br";
}
/**
 * Who sits and what.
 */
export interface CandidateCard {
  number: string;
  name: string;
  exam: string;
  subject: string;
  shift: string;
  room: string;
  seat: string | null;
}
/**
 * POST /api/candidate/login. The reply is CandidateSession, and a cookie.
 */
export interface CandidateLogin {
  number: string;
  pin: string;
}
/**
 * A row of GET /api/shifts/{id}/candidates. ``pin`` is shown only in the reply to the roster's import.
 */
export interface CandidateRow {
  sitting: number;
  number: string;
  name: string;
  class_name: string | null;
  birth_date: string | null;
  seat: string | null;
  state: "admitted" | "closed" | "paused" | "registered" | "running" | "submitted" | "voided" | "waiting";
  pin: string | null;
}
/**
 * ``score`` counts; ``raw_score`` is it before the sanction. ``low`` and ``high``: the score ± its standard error on the 10-point scale, None where neither a model nor the test as a whole says.
 */
export interface CandidateScore {
  sitting: number;
  number: string;
  name: string;
  class_name: string | null;
  state: "admitted" | "closed" | "paused" | "registered" | "running" | "submitted" | "voided" | "waiting";
  score: string | null;
  raw_score: string | null;
  parts: PartScore[];
  theta: number | null;
  theta_se: number | null;
  low: string | null;
  high: string | null;
  sanction: ("expulsion" | "reprimand" | "warning") | null;
}
/**
 * Points in one part.
 */
export interface PartScore {
  label: string;
  score: string;
  points: string;
}
/**
 * GET /api/candidate/me.
 */
export interface CandidateSession {
  sitting: number;
  number: string;
  name: string;
  exam: string;
}
/**
 * GET /api/shifts/{id}/candidates.
 */
export interface Candidates {
  candidates: CandidateRow[];
}
/**
 * A table cell holding paragraphs and lists.
 */
export interface Cell {
  children: (Paragraph | ListBlock)[];
  header?: boolean;
  colspan?: number;
  rowspan?: number;
}
/**
 * A paragraph.
 */
export interface Paragraph {
  t: "p";
  children: (Text | Break | Math | Image)[];
  align?: "center" | "end" | "start";
}
/**
 * A run of characters with one set of marks.
 */
export interface Text {
  t: "text";
  text: string;
  marks?: ("b" | "i" | "sub" | "sup" | "u")[];
}
/**
 * A formula: presentation MathML (a whole ``<math>`` element) with its LaTeX source.
 */
export interface Math {
  t: "math";
  latex: string;
  mathml: string;
  display?: boolean;
}
/**
 * A picture by the SHA-256 of its bytes (lower-case hex); width and height in CSS pixels.
 */
export interface Image {
  t: "img";
  sha256: string;
  width: number;
  height: number;
  alt?: string;
}
/**
 * A list; each entry is one paragraph's inlines.
 */
export interface ListBlock {
  t: "list";
  entries: (Text | Break | Math | Image)[][];
  ordered?: boolean;
}
/**
 * First message. ``fence`` is the token from this tab's last Welcome, or None when the tab takes the sitting over (a fresh page, another PC, or the candidate chose to continue here).
 */
export interface Hello {
  type: "hello";
  version: number;
  fence: number | null;
}
/**
 * Event: the item is marked for review, or no longer.
 */
export interface Flag {
  type: "flag";
  seq: number;
  item: number;
  on: boolean;
  at_ms: number;
}
/**
 * Event: the candidate opened the item; times per item come from these.
 */
export interface Visit {
  type: "visit";
  seq: number;
  item: number;
  at_ms: number;
}
/**
 * Event: the candidate hands in. Every event before it (``seq`` − 1 of them) must have reached the server.
 */
export interface Submit {
  type: "submit";
  seq: number;
  at_ms: number;
}
/**
 * What a superseded tab still held unacknowledged: kept for the record, never counted.
 */
export interface Evidence {
  type: "evidence";
  events: (Answer | Flag | Visit)[];
}
/**
 * Asks for the server's time, and reports the tab: ``unsaved`` events held, item in view.
 */
export interface Ping {
  type: "ping";
  sent_ms: number;
  unsaved: number;
  item: number | null;
}
/**
 * The encrypted form is stored on this PC and its hash is right.
 */
export interface Received {
  type: "received";
  sha256: string;
}
/**
 * POST /api/shifts/{id}/commands. ``sittings`` None means every one of the shift. ``reason`` is recorded.
 */
export interface Command {
  command:
    | "add_time"
    | "admit"
    | "end"
    | "force_submit"
    | "message"
    | "pause"
    | "reset_pin"
    | "resume"
    | "start"
    | "void";
  reason: string;
  sittings: number[] | null;
  minutes: number | null;
  text: string | null;
}
/**
 * A sitting the command could not be applied to.
 */
export interface CommandRefusal {
  sitting: number;
  code: string;
  message: string;
}
/**
 * Which sittings changed, which could not. ``pins`` has the new PINs by sitting id after reset_pin.
 */
export interface CommandResult {
  applied: number[];
  refused: CommandRefusal[];
  pins: {
    [k: string]: string;
  };
}
/**
 * How many gave this response; ``label`` as tallied by the kind, "" for none.
 */
export interface Count {
  label: string;
  count: number;
  right: boolean;
}
/**
 * A function of θ at points that rise: ``x`` and ``y`` are equally long.
 */
export interface Curve {
  x: number[];
  y: number[];
}
/**
 * How many candidates' scores change by ``difference``: signed decimal text, never "0".
 */
export interface DifferenceCount {
  difference: string;
  count: number;
}
/**
 * The disk under PostgreSQL, as the machine it is in sees it. ``reserved_bytes`` are held back for the shift out of the ``wanted_bytes`` it is reckoned to need; ``minutes_left`` at the present rate, None while nothing is used up.
 */
export interface DiskRow {
  host: string;
  free_bytes: number;
  total_bytes: number;
  reserved_bytes: number;
  wanted_bytes: number;
  minutes_left: number | null;
}
/**
 * What candidates near a θ earned: mean share of the points with its 95 % bounds, from ``n`` of them.
 */
export interface Dot {
  x: number;
  y: number;
  low: number;
  high: number;
  n: number;
}
/**
 * GET /api/exams/{id}.
 */
export interface ExamDetail {
  id: number;
  title: string;
  subject: string;
  minutes: number;
  release: "at_once" | "signed";
  total_points: string;
  paper: PaperItem[];
  shifts: ShiftRow[];
  expectation: Expectation;
}
/**
 * An item of the paper: ``points`` for all prompts right, decimal text.
 */
export interface PaperItem {
  id: number;
  number: number;
  part: string;
  points: string;
  kind: string;
  text: string;
  has_key: boolean;
}
/**
 * A shift (ca thi) of an exam, with its counts by sitting state.
 */
export interface ShiftRow {
  id: number;
  exam_id: number;
  exam: string;
  subject: string;
  name: string;
  room: string;
  opens_at: string;
  closes_at: string;
  started_at: string | null;
  minutes: number;
  candidates: number;
  states: {
    [k: string]: number;
  };
}
/**
 * What the items' latest signed statistics promise of a paper. ``known`` of its ``items`` have some, and ``mean`` is the expected mean score on the 10-point scale of these, None when there are none. ``modelled`` of them have a model: ``information`` is theirs together at each ``theta``, both empty without one; runs that are not linked may be on scales of their own.
 */
export interface Expectation {
  items: number;
  known: number;
  mean: string | null;
  modelled: number;
  theta: number[];
  information: number[];
}
/**
 * A row of GET /api/exams.
 */
export interface ExamRow {
  id: number;
  title: string;
  subject: string;
  minutes: number;
  items: number;
  shifts: number;
  candidates: number;
  release: "at_once" | "signed";
}
/**
 * GET /api/exams.
 */
export interface Exams {
  exams: ExamRow[];
}
/**
 * The plain form. On the wire: JSON, then gzip, then AES-256-GCM (12-byte nonce first, 16-byte tag last).
 */
export interface Form {
  id: number;
  title: string;
  subject: string;
  minutes: number;
  parts: FormPart[];
  passages: FormPassage[];
  assets: FormAsset[];
}
/**
 * A part of the paper, such as PHẦN I, with its instruction to candidates.
 */
export interface FormPart {
  label: string;
  instruction: string;
  items: FormItem[];
}
/**
 * One item. ``points`` is the most it can give, as decimal text such as "0.25"; ``passage`` is a passage id.
 */
export interface FormItem {
  id: number;
  content: SingleChoice | TrueFalse | ShortAnswer;
  points: string;
  passage: number | null;
}
/**
 * Stem and options.
 */
export interface SingleChoice {
  kind: "single_choice";
  stem: (Paragraph | ListBlock | Table)[];
  options: Option[];
}
/**
 * A table, row by row.
 */
export interface Table {
  t: "table";
  rows: Cell[][];
}
/**
 * One option; ``id`` is its letter in the source, ``fixed`` keeps its place when options are shuffled.
 */
export interface Option {
  id: string;
  body: (Paragraph | ListBlock | Table)[];
  fixed?: boolean;
}
/**
 * Stem and statements.
 */
export interface TrueFalse {
  kind: "true_false";
  stem: (Paragraph | ListBlock | Table)[];
  statements: Statement[];
}
/**
 * One statement; ``id`` is its letter in the source, a to h.
 */
export interface Statement {
  id: string;
  body: (Paragraph | ListBlock | Table)[];
}
/**
 * Stem and the number of boxes on the answer sheet.
 */
export interface ShortAnswer {
  kind: "short_answer";
  stem: (Paragraph | ListBlock | Table)[];
  max_length?: number;
}
/**
 * A stimulus shown beside each of its items.
 */
export interface FormPassage {
  id: number;
  body: (Paragraph | ListBlock | Table)[];
}
/**
 * A picture; ``data`` is base64.
 */
export interface FormAsset {
  sha256: string;
  media_type: string;
  data: string;
}
/**
 * One candidate's order: for each part of the form, its items in the order shown. Tells nothing about keys.
 */
export interface FormOrder {
  parts: ItemOrder[][];
}
/**
 * Where an item stands in one candidate's form; ``choices`` permutes option or statement ids, () keeps them.
 */
export interface ItemOrder {
  item: number;
  choices: string[];
}
/**
 * Where to fetch the encrypted form; its bytes hash to ``sha256``.
 */
export interface FormRef {
  url: string;
  sha256: string;
  size: number;
}
/**
 * DIF between two groups (Mantel–Haenszel): ``delta`` on the ETS scale, its class, p adjusted for all items.
 */
export interface GroupContrast {
  reference: string;
  focal: string;
  n_reference: number;
  n_focal: number;
  delta: number | null;
  delta_se: number | null;
  category: ("A" | "B" | "C") | null;
  p: number | null;
}
/**
 * One item of a Word file under review, as it would be stored.
 */
export interface ImportItem {
  number: number;
  part: string | null;
  level: ("NB" | "TH" | "VD" | "VDC") | null;
  content: SingleChoice | TrueFalse | ShortAnswer;
  key: (SingleChoiceKey | TrueFalseKey | ShortAnswerKey) | null;
  warnings: string[];
}
/**
 * The id of the correct option.
 */
export interface SingleChoiceKey {
  kind: "single_choice";
  option: string;
}
/**
 * The truth of each statement, in the order of the content.
 */
export interface TrueFalseKey {
  kind: "true_false";
  values: boolean[];
}
/**
 * Every accepted normalised text, such as ("0,5", "0,50").
 */
export interface ShortAnswerKey {
  kind: "short_answer";
  accept: string[];
}
/**
 * POST /api/banks/{bank}/import?name=FILE&dry_run=1|0 with the .docx as body. Pictures come as data URLs by SHA-256.
 */
export interface ImportReview {
  stored: boolean;
  title: string;
  items: ImportItem[];
  warnings: string[];
  pictures: {
    [k: string]: string;
  };
}
/**
 * GET /api/runs/{id}/items/{item}. ``curve``: mean share of the points by the model, ``curve_low`` and ``curve_high`` its 95 % band; all None without a model, when ``dots`` are by fifths of the score and ``x`` is the mean score on the 10-point scale.
 */
export interface ItemAnalysis {
  line: ItemLine;
  previous: number | null;
  next: number | null;
  curve: Curve | null;
  curve_low: Curve | null;
  curve_high: Curve | null;
  dots: Dot[];
  information: Curve | null;
  options: OptionLine[];
  contrasts: GroupContrast[];
  history: ItemUse[];
  s_x2: number | null;
  s_x2_df: number | null;
}
/**
 * A row of the table of items. ``share`` full points with its 95 % bounds; ``difficulty`` mean share of the points; ``class_difficulty`` that of the caller's own classes. ``discrimination`` the corrected item–total correlation with bounds. ``a``, ``b``, ``c``: the model's; ``b`` the mean of the steps of a graded item. ``fit_p`` of S-X2. ``dif``: the worst ETS class over the groups compared. ``alpha_without``: reliability of the test without it. ``omitted``: share of empty answers.
 */
export interface ItemLine {
  item: number;
  number: number;
  part: string;
  kind: string;
  text: string;
  points: string;
  void: boolean;
  n: number;
  difficulty: number | null;
  class_difficulty: number | null;
  share: number | null;
  low: number | null;
  high: number | null;
  discrimination: number | null;
  discrimination_low: number | null;
  discrimination_high: number | null;
  alpha_without: number | null;
  omitted: number | null;
  a: number | null;
  b: number | null;
  c: number | null;
  fit_p: number | null;
  rmsea: number | null;
  infit: number | null;
  outfit: number | null;
  dif: ("A" | "B" | "C") | null;
  flags: Note[];
}
/**
 * Something to know before reading on: ``message`` is the sentence, ``code`` names it; ``attention`` when something should be done.
 */
export interface Note {
  code: string;
  attention: boolean;
  message: string;
}
/**
 * One response: how many gave it, and its share in each fifth of the candidates from weakest to strongest. ``total_correlation`` of choosing it with the rest of the test.
 */
export interface OptionLine {
  label: string;
  right: boolean;
  count: number;
  fifths: number[];
  total_correlation: number | null;
}
/**
 * One administration of this version of the item, as it was signed. ``at``: when the exam was sat.
 */
export interface ItemUse {
  run: number;
  exam: string;
  at: string;
  n: number;
  difficulty: number | null;
  difficulty_se: number | null;
  discrimination: number | null;
  model: string | null;
  a: number | null;
  a_se: number | null;
  b: number | null;
  b_se: number | null;
  c: number | null;
}
/**
 * GET /api/items/{id}. Pictures are at /api/assets/{sha256}. ``key`` is None where the item has none; ``history``: its signed administrations, newest first.
 */
export interface ItemDetail {
  id: number;
  bank: string;
  source: string;
  number: number;
  part: string | null;
  level: ("NB" | "TH" | "VD" | "VDC") | null;
  content: SingleChoice | TrueFalse | ShortAnswer;
  key: (SingleChoiceKey | TrueFalseKey | ShortAnswerKey) | null;
  solution: (Paragraph | ListBlock | Table)[] | null;
  passage: (Paragraph | ListBlock | Table)[] | null;
  warnings: string[];
  history: ItemUse[];
}
/**
 * Two items that hang together beyond ability: Yen's Q3.
 */
export interface ItemPair {
  first: number;
  second: number;
  q3: number;
}
/**
 * A row of GET /api/banks/{bank}/items; ``text`` is the stem's beginning as plain text.
 */
export interface ItemRow {
  id: number;
  source: string;
  number: number;
  part: string | null;
  kind: string;
  level: ("NB" | "TH" | "VD" | "VDC") | null;
  text: string;
  has_key: boolean;
  warnings: string[];
}
/**
 * One item over all scripts that are in. Shares from 0 to 1; ``discrimination`` is the corrected item–total correlation, None where it is not defined. ``low`` and ``high`` bound ``share`` (Wilson, 95 %).
 */
export interface ItemStatistics {
  item: number;
  number: number;
  part: string;
  kind: string;
  text: string;
  n: number;
  difficulty: number | null;
  share: number | null;
  low: number | null;
  high: number | null;
  discrimination: number | null;
  points: string;
  counts: Count[];
}
/**
 * GET /api/banks/{bank}/items?search=TEXT&page=N. ``search`` ignores case and diacritics unless it has some.
 */
export interface Items {
  items: ItemRow[];
  total: number;
}
/**
 * A sitting's journal without its payloads: who holds those that were acknowledged can compute the receipt's digest again, and only then (see ``core.chain``). ``seed`` is a number beyond what a browser counts exactly.
 */
export interface JournalProof {
  sitting: number;
  seed: string;
  events: JournalledEvent[];
}
/**
 * An event of a journal, without its payload; ``received_us`` is microseconds since 1970.
 */
export interface JournalledEvent {
  seq: number;
  fence: number;
  received_us: number;
}
/**
 * A correction of the key of an item in one exam. ``new_key`` None voids the item. The first person proposes, a second one makes it live; ``superseded`` by a later one of the same item.
 */
export interface KeyChange {
  id: number;
  exam_id: number;
  item: number;
  number: number;
  part: string;
  text: string;
  old_key: (SingleChoiceKey | TrueFalseKey | ShortAnswerKey) | null;
  new_key: (SingleChoiceKey | TrueFalseKey | ShortAnswerKey) | null;
  reason: string;
  state: "live" | "proposed" | "rolled_back" | "superseded" | "withdrawn";
  proposed_by: string;
  proposed_at: string;
  decided_by: string | null;
  decided_at: string | null;
  may_confirm: boolean;
}
/**
 * GET /api/exams/{id}/key-changes, newest first. ``live``: the corrections that count now, by item.
 */
export interface KeyChanges {
  exam: string;
  changes: KeyChange[];
  live: LiveKey[];
}
/**
 * The key that counts for an item in one exam instead of its own; None voids it.
 */
export interface LiveKey {
  item: number;
  key: (SingleChoiceKey | TrueFalseKey | ShortAnswerKey) | null;
}
/**
 * Why it is done; recorded.
 */
export interface KeyDecision {
  reason: string;
}
/**
 * GET /api/key-changes/{id}/preview?page=N: what the change does. ``rows`` are those whose score changes, largest differences first, ``page_size`` a page; ``differences`` counts all of them, ascending.
 */
export interface KeyPreview {
  change: KeyChange;
  gains: number;
  loses: number;
  same: number;
  mean_before: string | null;
  mean_after: string | null;
  differences: DifferenceCount[];
  rows: ScoreChange[];
  total: number;
  page_size: number;
}
/**
 * One candidate's score with the key as it is live, and with the shadow key.
 */
export interface ScoreChange {
  sitting: number;
  number: string;
  name: string;
  class_name: string | null;
  before: string;
  after: string;
  difference: string;
}
/**
 * ``line`` is for the next request; ``messages`` are ServerMessages in order, every given event acknowledged or refused among them unless the line ends. With ``close``, a CloseCode, the line is over.
 */
export interface LineReply {
  line: string;
  messages: (Queued | Welcome | State | Ack | Refused | Pong | Notice | Submitted | Retry)[];
  close: number | null;
}
/**
 * Before Welcome, when many arrive at once: ``position`` connections, this one included, are still to be let in. Sent again as it moves.
 */
export interface Queued {
  type: "queued";
  position: number;
}
/**
 * The whole state of the sitting. ``last_seq`` is the highest committed event; the client drops what it holds up to there and sends the rest. ``form_key`` (base64url, 32 bytes) is present from the bell on. ``reason`` is why it is paused or was ended, to be shown. After a line that broke without a Retry, the client reconnects at a random moment within ``reconnect_ms``: the more are connected the longer, lest they all come at once.
 */
export interface Welcome {
  type: "welcome";
  version: number;
  fence: number;
  state: "admitted" | "closed" | "paused" | "registered" | "running" | "submitted" | "voided" | "waiting";
  candidate: CandidateCard;
  timing: Timing;
  last_seq: number;
  saved: Saved[];
  position: number | null;
  form: FormRef | null;
  order: FormOrder | null;
  form_key: string | null;
  reason: string | null;
  receipt: Receipt | null;
  reconnect_ms: number;
}
/**
 * The sitting's clock. All None before the bell except ``opens_ms``, the planned bell, and ``limit_ms``, the time allowed. While paused, ``remaining_ms`` is what is left and ``deadline_ms`` is None.
 */
export interface Timing {
  now_ms: number;
  opens_ms: number | null;
  limit_ms: number;
  started_ms: number | null;
  deadline_ms: number | null;
  remaining_ms: number | null;
}
/**
 * What the journal holds for one item: for opening the sitting on another PC.
 */
export interface Saved {
  item: number;
  response: string | (boolean | null)[] | null;
  flagged: boolean;
}
/**
 * Proof for the candidate: ``digest`` is the hash-chain head after the last event, hex; ``code`` its first 12 digits in groups.
 */
export interface Receipt {
  submitted_ms: number;
  by: "candidate" | "invigilator" | "server";
  answered: number;
  items: number;
  events: number;
  digest: string;
  code: string;
}
/**
 * The sitting changed: the bell, a pause, more time, the end. ``reason`` is the invigilator's, to be shown.
 */
export interface State {
  type: "state";
  state: "admitted" | "closed" | "paused" | "registered" | "running" | "submitted" | "voided" | "waiting";
  timing: Timing;
  form_key: string | null;
  reason: string | null;
}
/**
 * The event was not taken and never will be; the client drops it and tells the candidate. The next event uses the same ``seq``; every event the client had sent after it is refused with it.
 */
export interface Refused {
  type: "refused";
  seq: number;
  code: "bad_response" | "deadline" | "not_running" | "superseded" | "too_long" | "too_many" | "unknown_item";
}
/**
 * Answer to Ping: echoes ``sent_ms``, adds the server's time.
 */
export interface Pong {
  type: "pong";
  sent_ms: number;
  now_ms: number;
}
/**
 * A message from the invigilator to this candidate or to all.
 */
export interface Notice {
  type: "notice";
  id: number;
  text: string;
  at_ms: number;
}
/**
 * The script is in.
 */
export interface Submitted {
  type: "submitted";
  receipt: Receipt;
}
/**
 * Right before a close with TRY_AGAIN: come again at a random moment within ``after_ms``.
 */
export interface Retry {
  type: "retry";
  after_ms: number;
}
/**
 * POST /api/sitting/line: the socket's messages where no socket can be held. ``hello`` is what the client would open a socket with now; it counts when the server does not know ``line``. ``messages`` are the client's, in order, each as it would be sent on the socket: what is journalled is these very bytes. The reply may take up to ``wait_ms`` when there is nothing to tell.
 */
export interface LineRequest {
  hello: Hello;
  line: string | null;
  /**
   * @maxItems 64
   */
  messages: unknown[];
  wait_ms: number;
}
/**
 * A run whose scale may be taken over; ``shared`` items are in both.
 */
export interface LinkableRun {
  id: number;
  exam: string;
  shared: number;
}
/**
 * GET /api/shifts/{id}/log.
 */
export interface Log {
  rows: LogRow[];
}
/**
 * A row of GET /api/shifts/{id}/log: what happened, newest first. ``kind`` is a catalogue key of section staff, ``log_<kind>``.
 */
export interface LogRow {
  at: string;
  kind: string;
  actor: string;
  number: string | null;
  name: string | null;
  detail: string;
  reason: string | null;
}
/**
 * 503 to POST /api/candidate/login when too many log in at once: ``position`` logins, this one included, are still to be served; this one should come again in ``seconds``.
 */
export interface LoginQueue {
  code: string;
  message: string;
  place: string | null;
  position: number;
  seconds: number;
}
/**
 * The model as a whole. ``information`` of the test; ``csem``: standard error of a score on the 10-point scale against that score; ``persons``: counts by θ in bins of 0.5 from −4 (the outer ones include what lies beyond). ``m2_rmsea`` and ``srmsr`` say how well the model fits.
 */
export interface ModelFindings {
  model: string;
  n: number;
  converged: boolean;
  gradient_norm: number;
  loglik: number;
  marginal_reliability: number | null;
  empirical_reliability: number | null;
  m2: number | null;
  m2_df: number | null;
  m2_p: number | null;
  m2_rmsea: number | null;
  srmsr: number | null;
  information: Curve;
  csem: Curve;
  persons: number[];
  dependent_pairs: ItemPair[];
  linked_to: string | null;
  link_slope: number | null;
  link_intercept: number | null;
  link_slope_se: number | null;
  link_intercept_se: number | null;
}
/**
 * POST /api/banks. Reply: Bank.
 */
export interface NewBank {
  name: string;
}
/**
 * POST /api/exams: a paper of all items of one imported source, with the points of a template. Reply: ExamDetail.
 */
export interface NewExam {
  title: string;
  subject: string;
  bank: number;
  source: string;
  template: string;
  minutes: number;
  release: "at_once" | "signed";
}
/**
 * POST /api/exams/{id}/key-changes: ``key`` None voids the item. Reply: KeyChange. Then POST /api/key-changes/{id}/confirm (a second person), /withdraw, /rollback, each with KeyDecision.
 */
export interface NewKeyChange {
  item: number;
  key: (SingleChoiceKey | TrueFalseKey | ShortAnswerKey) | null;
  reason: string;
}
/**
 * POST /api/rehearsals: a code for the room test of ``room``.
 */
export interface NewRehearsal {
  room: string;
}
/**
 * POST /api/exams/{id}/runs. ``link_to``: a signed run of another exam that shares items, whose θ scale is taken over. Reply: ScoringRun.
 */
export interface NewRun {
  model: "2pl" | "3pl" | "auto" | "classical" | "rasch";
  void_rule: "full_points" | "leave_out";
  link_to: number | null;
}
/**
 * POST /api/exams/{id}/sanctions: ``number`` is the candidate's. Reply: Sanction. POST /api/sanctions/{id}/revoke has KeyDecision.
 */
export interface NewSanction {
  number: string;
  kind: "expulsion" | "reprimand" | "warning";
  reason: string;
}
/**
 * POST /api/exams/{id}/shifts. Reply: ShiftRow. The paper is compiled and encrypted now.
 */
export interface NewShift {
  name: string;
  room: string;
  opens_at: string;
  late_minutes: number;
  admission: "automatic" | "invigilator";
}
/**
 * An error reply. ``message`` is the catalogue's sentence in the caller's language; ``place`` names the field, line or item.
 */
export interface Problem {
  code: string;
  message: string;
  place: string | null;
}
/**
 * Of every sitting of a rehearsal.
 */
export interface Proofs {
  proofs: JournalProof[];
}
/**
 * The code, told once.
 */
export interface RehearsalCode {
  code: string;
  room: string;
  expires_at: string;
}
/**
 * POST /api/rehearsal: a code for a plan.
 */
export interface RehearsalEntry {
  code: string;
  students: number;
  minutes: number;
}
/**
 * One thing that was judged: what was measured, against ``bound`` at most or, of a count, at least.
 */
export interface RehearsalFinding {
  check: "ack" | "bell" | "logins" | "lost" | "paper" | "receipts" | "reconnect" | "stability";
  level: "caution" | "fail" | "ok";
  measured: number;
  bound: number;
}
/**
 * A made-up candidate.
 */
export interface RehearsalLogin {
  sitting: number;
  number: string;
  pin: string;
}
/**
 * What the player saw. Counts of students: ``logged_in``, ``papers`` (received whole), ``started`` (could show question 1), ``reconnected`` after the cut, ``receipts``, ``proved`` (receipt and journal agree with what was acknowledged). ``breaks`` are lines lost unasked. Latencies count from when an answer was due.
 */
export interface RehearsalMeasured {
  logged_in: number;
  papers: number;
  started: number;
  reconnected: number;
  receipts: number;
  proved: number;
  breaks: number;
  sent: number;
  acknowledged: number;
  refused: number;
  bell_ms: number;
  ack_p50_ms: number;
  ack_p99_ms: number;
  reconnect_ms: number;
}
/**
 * What to play. ``opens_ms`` is the bell, ``cut_ms`` and ``submit_ms`` count from it; each student answers once per ``every_ms``. ``token`` opens proofs and report.
 */
export interface RehearsalPlan {
  token: string;
  room: string;
  now_ms: number;
  opens_ms: number;
  cut_ms: number;
  submit_ms: number;
  every_ms: number;
  students: RehearsalLogin[];
}
/**
 * POST /api/rehearsal/report: what was measured, for a verdict; the rehearsal is over.
 */
export interface RehearsalReport {
  token: string;
  measured: RehearsalMeasured;
}
/**
 * A room test in the list.
 */
export interface RehearsalRow {
  id: number;
  room: string;
  made_at: string;
  expires_at: string;
  played_at: string | null;
  verdict: RehearsalVerdict | null;
}
/**
 * ``go`` unless something failed.
 */
export interface RehearsalVerdict {
  go: boolean;
  room: string;
  students: number;
  findings: RehearsalFinding[];
}
/**
 * POST /api/rehearsal/proofs.
 */
export interface RehearsalToken {
  token: string;
}
/**
 * Every room test, newest first.
 */
export interface Rehearsals {
  rehearsals: RehearsalRow[];
}
/**
 * GET /api/exams/{id}/results. Statistics are over the ``n`` scripts that are in; None where n is too small. Until ``keys_released``, when nobody may sit the exam any more, items come without text and counts. ``run``: the signed run that the scores are of, None where there is none.
 */
export interface Results {
  exam: string;
  subject: string;
  run: number | null;
  total_points: string;
  n: number;
  mean: string | null;
  median: string | null;
  sd: string | null;
  alpha: number | null;
  distribution: Bin[];
  scripts: ScriptRow[];
  items: ItemStatistics[];
  keys_released: boolean;
}
/**
 * One candidate's result. ``score`` is None until the script is in; a ``sanction`` is off it already.
 */
export interface ScriptRow {
  sitting: number;
  number: string;
  name: string;
  class_name: string | null;
  state: "admitted" | "closed" | "paused" | "registered" | "running" | "submitted" | "voided" | "waiting";
  score: string | null;
  parts: PartScore[];
  answered: number;
  sanction: ("expulsion" | "reprimand" | "warning") | null;
}
/**
 * GET /api/shifts/{id}/room: polled every second.
 */
export interface RoomView {
  shift: ShiftRow;
  now: string;
  items: number;
  seats: Seat[];
}
/**
 * One candidate in the room, live. ``unsaved`` is what the tab last reported; ``seen_at`` its last sign of life.
 */
export interface Seat {
  sitting: number;
  number: string;
  name: string;
  seat: string | null;
  state: "admitted" | "closed" | "paused" | "registered" | "running" | "submitted" | "voided" | "waiting";
  connected: boolean;
  seen_at: string | null;
  answered: number;
  flagged: number;
  unsaved: number;
  received_form: boolean;
  deadline_at: string | null;
  remaining_ms: number | null;
  extra_ms: number;
  takeovers: number;
  incidents: number;
}
/**
 * Something wrong in a roster, with its line in the file (1-based) and column header.
 */
export interface RosterLine {
  line: number;
  column: string | null;
  code: string;
  message: string;
}
/**
 * POST /api/shifts/{id}/roster?name=FILE&dry_run=1|0 with the file as body. All rows are stored, or none.
 */
export interface RosterReview {
  stored: boolean;
  candidates: CandidateRow[];
  problems: RosterLine[];
}
/**
 * GET /api/exams/{id}/runs, newest first; a teacher sees the signed run alone. ``linkable``: signed runs of other exams that share items with this one. ``unfinished``: candidates who still sit or may; their scripts are not scored yet.
 */
export interface Runs {
  exam: string;
  release: "at_once" | "signed";
  runs: ScoringRun[];
  linkable: LinkableRun[];
  unfinished: number;
}
/**
 * GET /api/runs/{id}, polled while ``queued`` or ``running``. ``stage`` is a catalogue key of section measurement, ``progress`` 0 to 1. ``error`` is a sentence. ``record_sha256`` is of the record: inputs' hashes, settings, library versions, results; the same inputs give the same. ``fitted_model``: what ``model`` came to, None where there is none; ``link_exam``: the exam of the run ``link_to``; ``link_made``: whether its scale was taken over. ``later_signed``: the number of the signed run where that is a later one, which an older run cannot replace. ``may_sign``: whether the caller may sign it now.
 */
export interface ScoringRun {
  id: number;
  exam_id: number;
  exam: string;
  number: number;
  state: "cancelled" | "done" | "failed" | "queued" | "running" | "signed" | "superseded";
  stage: string;
  progress: number;
  model: "2pl" | "3pl" | "auto" | "classical" | "rasch";
  void_rule: "full_points" | "leave_out";
  link_to: number | null;
  link_exam: string | null;
  link_made: boolean;
  fitted_model: string | null;
  key_changes: number;
  sanctions: number;
  n: number | null;
  requested_by: string;
  requested_at: string;
  finished_at: string | null;
  error: string | null;
  record_sha256: string | null;
  signed_by: string | null;
  signed_at: string | null;
  later_signed: number | null;
  may_sign: boolean;
}
/**
 * A sanction on a sitting: ``share`` of the raw score that is taken off.
 */
export interface Sanction {
  id: number;
  sitting: number;
  number: string;
  name: string;
  kind: "expulsion" | "reprimand" | "warning";
  share: string;
  reason: string;
  recorded_by: string;
  recorded_at: string;
  revoked_by: string | null;
  revoked_at: string | null;
}
/**
 * GET /api/exams/{id}/sanctions. ``shares``: what each kind takes off, by the rules in force.
 */
export interface Sanctions {
  sanctions: Sanction[];
  shares: {
    [k: string]: string;
  };
}
/**
 * GET /api/runs/{id}/scores?search=TEXT&page=N&sort=name|number|score|theta: by Vietnamese name unless said, scores and θ from the highest; ``page_size`` rows a page.
 */
export interface Scores {
  scores: CandidateScore[];
  total: number;
  page_size: number;
}
/**
 * The last minutes, one entry for each of ``slots`` (seconds since 1970 UTC, in steps of five); None where nobody reported. Over all workers; ``cpu_share`` by worker and ``disk_free_bytes`` by host.
 */
export interface Series {
  slots: number[];
  ack_ms_p50: (number | null)[];
  ack_ms_p99: (number | null)[];
  events_per_s: (number | null)[];
  connections: (number | null)[];
  queue_rows: (number | null)[];
  reconnects_per_s: (number | null)[];
  cpu_share: {
    [k: string]: (number | null)[];
  };
  disk_free_bytes: {
    [k: string]: (number | null)[];
  };
}
/**
 * GET /api/check.
 */
export interface ServerTime {
  now_ms: number;
}
/**
 * What one shift asks of the server: ``connected`` candidates now, ``unsaved`` answers that wait on their PCs, ``answered`` questions.
 */
export interface ShiftLoad {
  shift: ShiftRow;
  connected: number;
  unsaved: number;
  answered: number;
}
/**
 * GET /api/shifts: those the caller may watch.
 */
export interface Shifts {
  shifts: ShiftRow[];
}
/**
 * POST /api/runs/{id}/sign: by another member of the board than who started it. ``record_sha256``: what was read. Reply: ScoringRun. POST /api/runs/{id}/cancel has no body.
 */
export interface SignRun {
  record_sha256: string;
}
/**
 * POST /api/login. The reply is StaffSession, and a cookie.
 */
export interface StaffLogin {
  username: string;
  password: string;
}
/**
 * GET /api/me.
 */
export interface StaffSession {
  id: number;
  username: string;
  name: string;
  role: "board" | "invigilator" | "teacher";
  permissions: string[];
}
/**
 * GET /api/runs/{id}/analysis. ``model`` None where too few candidates allow one; ``notes`` say so.
 */
export interface TestAnalysis {
  run: ScoringRun;
  subject: string;
  total_points: string;
  n: number;
  mean: string | null;
  median: string | null;
  sd: string | null;
  alpha: number | null;
  alpha_low: number | null;
  alpha_high: number | null;
  omega: number | null;
  split_half: number | null;
  sem: number | null;
  distribution: Bin[];
  class_distribution: Bin[];
  model: ModelFindings | null;
  items: ItemLine[];
  notes: Note[];
}
/**
 * GET /api/window?since=SECONDS&shift=ID: polled every second or two. ``series`` begins after the slot ``since``; ``database_bytes`` None until known; without ``disks`` nobody sees the disk under PostgreSQL.
 */
export interface WindowView {
  now: string;
  judgements: Judgement[];
  workers: WorkerRow[];
  disks: DiskRow[];
  database_bytes: number | null;
  database_bytes_per_hour: number | null;
  series: Series;
  shift: ShiftLoad | null;
}
/**
 * One worker as last heard, ``age_s`` ago. ``conflicts`` by fate, ``fence_conflicts``, ``closes`` by close code and ``flush_failures`` count since its start; ``cpu_share`` is of one core; ``lag_ms`` the longest that its event loop was late.
 */
export interface WorkerRow {
  worker: number;
  host: string;
  pid: number;
  started_at: string;
  age_s: number;
  state: "live" | "lost" | "replaced";
  connections: number;
  entrance_queue: number;
  queue_rows: number;
  events_per_s: number;
  ack_ms_p50: number | null;
  ack_ms_p99: number | null;
  ack_ms_most: number | null;
  flushes_per_s: number;
  flush_rows_mean: number | null;
  flush_rows_most: number | null;
  flush_ms_p50: number | null;
  flush_ms_p99: number | null;
  flush_failures: number;
  reconnects_per_s: number;
  logins_per_s: number;
  conflicts: {
    [k: string]: number;
  };
  fence_conflicts: number;
  closes: {
    [k: string]: number;
  };
  cpu_share: number;
  rss_bytes: number;
  lag_ms: number;
}
