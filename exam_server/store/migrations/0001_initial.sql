-- The tables of version 0.1.

CREATE TABLE school (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> '')
);

CREATE TABLE class (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    school_id bigint NOT NULL REFERENCES school,
    name text NOT NULL CHECK (name <> ''),
    UNIQUE (school_id, name)
);

CREATE TABLE staff (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username text NOT NULL UNIQUE CHECK (username = lower(username) AND username <> ''),
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('board', 'invigilator', 'teacher')),
    password_hash text NOT NULL,
    active boolean NOT NULL DEFAULT true
);

CREATE TABLE staff_session (
    token_sha256 bytea PRIMARY KEY,
    staff_id bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);

-- A teacher sees the results of these classes.
CREATE TABLE teaching (
    staff_id bigint NOT NULL REFERENCES staff,
    class_id bigint NOT NULL REFERENCES class,
    PRIMARY KEY (staff_id, class_id)
);

CREATE TABLE bank (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> '')
);

CREATE TABLE asset (
    sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    media_type text NOT NULL,
    data bytea NOT NULL
);

-- One imported file. The same bytes are imported into a bank once.
CREATE TABLE source (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bank_id bigint NOT NULL REFERENCES bank,
    name text NOT NULL,
    title text NOT NULL,
    sha256 text NOT NULL,
    imported_at timestamptz NOT NULL,
    warnings text[] NOT NULL DEFAULT '{}',
    UNIQUE (bank_id, sha256)
);

CREATE TABLE passage (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id bigint NOT NULL REFERENCES source,
    number int NOT NULL,
    body text NOT NULL,
    UNIQUE (source_id, number)
);

-- content: JSON of item_bank.kinds.Content; search: lower case without diacritics.
CREATE TABLE item (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id bigint NOT NULL REFERENCES source,
    number int NOT NULL,
    position int NOT NULL,
    part text,
    kind text NOT NULL,
    level text CHECK (level IN ('NB', 'TH', 'VD', 'VDC')),
    content text NOT NULL,
    solution text,
    passage_id bigint REFERENCES passage,
    plain text NOT NULL,
    search text NOT NULL,
    warnings text[] NOT NULL DEFAULT '{}',
    UNIQUE (source_id, position)
);

-- Answer keys live apart from what candidates see.
CREATE TABLE item_key (
    item_id bigint PRIMARY KEY REFERENCES item,
    key text NOT NULL
);

CREATE TABLE item_asset (
    item_id bigint NOT NULL REFERENCES item,
    sha256 text NOT NULL REFERENCES asset,
    PRIMARY KEY (item_id, sha256)
);

-- release: when teachers see scores, as scripts come in or once a scoring run is signed. rehearsal: made up to test a
-- room; in no list.
CREATE TABLE exam (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL UNIQUE CHECK (title <> ''),
    subject text NOT NULL,
    minutes int NOT NULL CHECK (minutes BETWEEN 1 AND 600),
    created_at timestamptz NOT NULL,
    rehearsal boolean NOT NULL DEFAULT false,
    release text NOT NULL DEFAULT 'at_once' CHECK (release IN ('at_once', 'signed'))
);

CREATE TABLE exam_part (
    exam_id bigint NOT NULL REFERENCES exam,
    position int NOT NULL,
    label text NOT NULL,
    instruction text NOT NULL,
    PRIMARY KEY (exam_id, position)
);

-- ladder: points for 0, 1, 2 … right prompts.
CREATE TABLE exam_item (
    exam_id bigint NOT NULL,
    item_id bigint NOT NULL REFERENCES item,
    part int NOT NULL,
    position int NOT NULL,
    ladder numeric(6,3)[] NOT NULL,
    PRIMARY KEY (exam_id, item_id),
    UNIQUE (exam_id, position),
    FOREIGN KEY (exam_id, part) REFERENCES exam_part
);

-- An encrypted form. wrapped_key: the 32-byte content key under the server's master key, which is not in the database.
CREATE TABLE form (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exam_id bigint NOT NULL REFERENCES exam,
    sha256 text NOT NULL UNIQUE,
    blob bytea NOT NULL,
    wrapped_key bytea NOT NULL,
    compiled_at timestamptz NOT NULL
);

CREATE TABLE shift (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exam_id bigint NOT NULL REFERENCES exam,
    form_id bigint NOT NULL REFERENCES form,
    name text NOT NULL,
    room text NOT NULL,
    opens_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    late_minutes int NOT NULL,
    admission text NOT NULL CHECK (admission IN ('automatic', 'invigilator')),
    started_at timestamptz,
    UNIQUE (exam_id, name, room),
    -- A shift that began may be ended early, even before the planned bell.
    CHECK (closes_at > opens_at OR started_at IS NOT NULL)
);

-- An invigilator watches and commands these shifts.
CREATE TABLE invigilation (
    staff_id bigint NOT NULL REFERENCES staff,
    shift_id bigint NOT NULL REFERENCES shift,
    PRIMARY KEY (staff_id, shift_id)
);

CREATE TABLE candidate (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    birth_date date,
    gender text,
    pupil_code text UNIQUE,
    class_id bigint REFERENCES class
);

-- pin_hmac: HMAC-SHA-256 under the pepper, which is not in the database. fence: raised by each connection.
-- tab_fence: the fence at which the present tab took over; every fence since then was its own.
-- holder: the worker whose connection holds the fence; former: those before it whose appends nobody has waited for yet. ends_at: core.sitting's answer, stored for the sweep.
-- paused_ms: time credited for pauses; extra_ms: time an invigilator added. Room is left in its pages, for each connection
-- writes its fence: so the row's new version stays in its page and no index is touched.
CREATE TABLE sitting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shift_id bigint NOT NULL REFERENCES shift,
    candidate_id bigint NOT NULL REFERENCES candidate,
    number text NOT NULL,
    seat text,
    pin_hmac bytea NOT NULL,
    login_version int NOT NULL DEFAULT 1,
    seed bigint NOT NULL,
    state text NOT NULL DEFAULT 'registered' CHECK (state IN
        ('registered', 'admitted', 'waiting', 'running', 'paused', 'submitted', 'closed', 'voided')),
    fence bigint NOT NULL DEFAULT 0,
    tab_fence bigint NOT NULL DEFAULT 0,
    holder int,
    former int[] NOT NULL DEFAULT '{}',
    started_at timestamptz,
    paused_at timestamptz,
    paused_ms bigint NOT NULL DEFAULT 0,
    extra_ms bigint NOT NULL DEFAULT 0,
    ends_at timestamptz,
    ended_at timestamptz,
    ended_by text CHECK (ended_by IN ('candidate', 'server', 'invigilator')),
    UNIQUE (shift_id, candidate_id),
    UNIQUE (shift_id, number)
) WITH (fillfactor = 60);
CREATE INDEX sitting_number ON sitting (number);
CREATE INDEX sitting_ends ON sitting (ends_at) WHERE state IN ('running', 'paused');

-- Whether somebody may still sit: not before the shift is over may a key of its paper be shown to a teacher.
CREATE FUNCTION shift_is_open(shift shift, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT shift.closes_at > at AND (
        shift.started_at IS NULL
        OR EXISTS (
            SELECT FROM sitting
            WHERE sitting.shift_id = shift.id AND (
                sitting.state IN ('admitted', 'waiting', 'running', 'paused')
                OR (sitting.state = 'registered' AND shift.started_at + shift.late_minutes * interval '1 minute' > at)
            )
        )
    )
$$;

-- What happened to a sitting, apart from the candidate's own events: its own chain, written with the state it changes.
CREATE TABLE sitting_event (
    sitting_id bigint NOT NULL,
    n int NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    reason text,
    detail text NOT NULL DEFAULT '',
    chain bytea NOT NULL,
    PRIMARY KEY (sitting_id, n)
);

-- The candidate's events, append only. No foreign key and an opaque payload: this is the hot path.
-- payload: the message's bytes as received; chain: core.chain over the event and its predecessor.
CREATE TABLE journal (
    sitting_id bigint NOT NULL,
    seq int NOT NULL,
    fence bigint NOT NULL,
    received_at timestamptz NOT NULL,
    payload bytea NOT NULL,
    chain bytea NOT NULL,
    PRIMARY KEY (sitting_id, seq)
);

-- Journal appends of one worker hold this lock in common until they are over; a takeover takes it alone to wait for them.
CREATE FUNCTION journal_lock_class() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1802002286';

-- Insert events whose fence and state still hold: all of them or, with error KT001 or a unique violation, none, for what
-- follows an event that is not kept must not be kept either. VOLATILE on purpose: the INSERT takes its snapshot after the
-- lock, so that what a takeover committed before it got the lock is seen. Each sitting is looked up by its key, whatever
-- the statistics say: taken before the bell they say that none is running, and the plan for that costs a hundred times as
-- much after it. And it is planned once: planning anew costs more than the insertion of a single event.
CREATE FUNCTION journal_append(
    worker int, sittings bigint[], seqs int[], fences bigint[], received timestamptz[], payloads bytea[], chains bytea[]
) RETURNS void LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    inserted int;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(journal_lock_class(), worker);
    INSERT INTO journal (sitting_id, seq, fence, received_at, payload, chain)
    SELECT event.sitting_id, event.seq, event.fence, event.received_at, event.payload, event.chain
    FROM unnest(sittings, seqs, fences, received, payloads, chains)
        AS event (sitting_id, seq, fence, received_at, payload, chain)
    CROSS JOIN LATERAL (SELECT fence, state FROM sitting WHERE sitting.id = event.sitting_id LIMIT 1) AS holder
    WHERE holder.fence = event.fence AND holder.state IN ('running', 'paused');
    GET DIAGNOSTICS inserted = ROW_COUNT;
    IF inserted <> cardinality(sittings) THEN
        RAISE EXCEPTION 'not all events can be kept' USING ERRCODE = 'KT001';
    END IF;
END
$$;

-- The same after a failed or doubtful append: keeps what can be kept, and tells each event's fate by its place (1-based):
-- kept (in the journal as sent), different (another event has its seq), orphaned (one before it is), superseded (its
-- fence is old) or ended (the sitting takes no more). Writes to the log even when it inserts nothing, so that its commit
-- waits for the standby like any other.
CREATE FUNCTION journal_settle(
    worker int, sittings bigint[], seqs int[], fences bigint[], received timestamptz[], payloads bytea[], chains bytea[]
) RETURNS TABLE (place bigint, fate text) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_logical_emit_message(true, 'retry', '');
    PERFORM pg_advisory_xact_lock_shared(journal_lock_class(), worker);
    RETURN QUERY
    WITH event AS MATERIALIZED (
        SELECT * FROM unnest(sittings, seqs, fences, received, payloads, chains) WITH ORDINALITY
            AS given (sitting_id, seq, fence, received_at, payload, chain, place)
    ), known AS MATERIALIZED (
        SELECT event.place, event.sitting_id, event.seq,
            journal.payload = event.payload AND journal.chain = event.chain AS same
        FROM event JOIN journal ON journal.sitting_id = event.sitting_id AND journal.seq = event.seq
    ), bad AS MATERIALIZED (
        SELECT known.sitting_id, min(known.seq) AS seq FROM known WHERE NOT known.same GROUP BY known.sitting_id
    ), added AS (
        INSERT INTO journal (sitting_id, seq, fence, received_at, payload, chain)
        SELECT event.sitting_id, event.seq, event.fence, event.received_at, event.payload, event.chain
        FROM event
        JOIN sitting ON sitting.id = event.sitting_id AND sitting.fence = event.fence
            AND sitting.state IN ('running', 'paused')
        LEFT JOIN bad ON bad.sitting_id = event.sitting_id
        WHERE bad.seq IS NULL OR event.seq < bad.seq
        ON CONFLICT DO NOTHING
        RETURNING journal.sitting_id, journal.seq
    )
    SELECT event.place,
        CASE
            WHEN added.seq IS NOT NULL OR known.same THEN 'kept'
            WHEN known.place IS NOT NULL THEN 'different'
            WHEN event.seq > bad.seq THEN 'orphaned'
            WHEN sitting.fence = event.fence THEN 'ended'
            ELSE 'superseded'
        END
    FROM event
    LEFT JOIN known ON known.place = event.place
    LEFT JOIN added ON added.sitting_id = event.sitting_id AND added.seq = event.seq
    LEFT JOIN bad ON bad.sitting_id = event.sitting_id
    LEFT JOIN sitting ON sitting.id = event.sitting_id
    ORDER BY event.place;
END
$$;

-- What was sent but does not count: from superseded tabs, after the deadline, or in conflict with the journal.
CREATE TABLE evidence (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sitting_id bigint NOT NULL,
    at timestamptz NOT NULL,
    why text NOT NULL,
    payload bytea NOT NULL
);
CREATE INDEX evidence_sitting ON evidence (sitting_id);

CREATE TABLE notice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shift_id bigint NOT NULL REFERENCES shift,
    sitting_id bigint REFERENCES sitting,
    staff_id bigint NOT NULL REFERENCES staff,
    text text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX notice_shift ON notice (shift_id);

-- Who did what, in the transaction that did it. Candidates' and invigilators' acts on sittings are in sitting_event.
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail text NOT NULL DEFAULT ''
);

-- Where each candidate's tab is, as last told; lost in a crash and told again within seconds. fence: of the tab.
CREATE UNLOGGED TABLE presence (
    sitting_id bigint PRIMARY KEY,
    worker int NOT NULL,
    connected boolean NOT NULL,
    seen_at timestamptz NOT NULL,
    answered int NOT NULL,
    flagged int NOT NULL,
    unsaved int NOT NULL,
    item bigint,
    received_form boolean NOT NULL,
    fence bigint NOT NULL
) WITH (fillfactor = 60);

CREATE TABLE login_attempt (
    subject text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX login_attempt_subject ON login_attempt (subject, at);
CREATE INDEX login_attempt_at ON login_attempt (at);

CREATE SEQUENCE worker_id AS int;

-- What each worker last said of itself, and each five seconds of the last minutes; lost in a crash and said again at
-- once. The times are the database's: the machines' clocks may differ. figures, families: MessagePack of
-- core.figures.Figures and of its Family; slot: heard_at in fives of seconds since 1970.
CREATE UNLOGGED TABLE worker (
    id int PRIMARY KEY,
    host text NOT NULL,
    pid int NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    heard_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    figures bytea NOT NULL,
    families bytea NOT NULL
);

CREATE UNLOGGED TABLE worker_history (
    slot bigint,
    worker int,
    host text NOT NULL,
    figures bytea NOT NULL,
    PRIMARY KEY (slot, worker)
);

-- A test of a room before the day: played once, by whoever has the code, on an exam of its own that goes afterwards.
-- token_sha256: of what the player was given; report: JSON of the verdict.
CREATE TABLE rehearsal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room text NOT NULL,
    code_sha256 bytea NOT NULL UNIQUE,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    played_at timestamptz,
    token_sha256 bytea UNIQUE,
    exam_id bigint REFERENCES exam,
    report text
);

-- A correction of an item's key in one exam; item_key itself is never edited. Keys are JSON, null for a void item.
-- replaces: the one that was live before, which a rollback brings back.
CREATE TABLE key_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exam_id bigint NOT NULL,
    item_id bigint NOT NULL,
    old_key text,
    new_key text,
    reason text NOT NULL CHECK (reason <> ''),
    state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'live', 'withdrawn', 'rolled_back', 'superseded')),
    replaces bigint REFERENCES key_change,
    proposed_by bigint NOT NULL REFERENCES staff,
    proposed_at timestamptz NOT NULL,
    confirmed_by bigint REFERENCES staff,
    decided_by bigint REFERENCES staff,
    decided_at timestamptz,
    decision text,
    FOREIGN KEY (exam_id, item_id) REFERENCES exam_item,
    CHECK (confirmed_by <> proposed_by)
);
CREATE INDEX key_change_exam ON key_change (exam_id);
CREATE UNIQUE INDEX key_change_live ON key_change (exam_id, item_id) WHERE state = 'live';

-- Applied at scoring; the raw score stays.
CREATE TABLE sanction (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sitting_id bigint NOT NULL REFERENCES sitting,
    kind text NOT NULL CHECK (kind IN ('reprimand', 'warning', 'expulsion')),
    reason text NOT NULL CHECK (reason <> ''),
    recorded_by bigint NOT NULL REFERENCES staff,
    recorded_at timestamptz NOT NULL,
    revoked_by bigint REFERENCES staff,
    revoked_at timestamptz,
    revocation text
);
CREATE INDEX sanction_sitting ON sanction (sitting_id);
CREATE UNIQUE INDEX sanction_in_force ON sanction (sitting_id) WHERE revoked_at IS NULL;

-- A computation of an exam's scores. settings: JSON of core.run.RunSettings; lease: raised by each process that takes it
-- on, which has it until lease_until by the database's clock; error: JSON of core.run.Failure. applied_keys: JSON of the
-- core.key_change.AppliedKey that count in it; inputs_sha256: of scripts, key changes and sanctions, which must still be
-- the same when it is signed; part_points: thousandths; findings: JSON of core.analysis.ExamFindings without items and
-- classes. record: core.run_record, compressed, and the hash of what was compressed.
CREATE TABLE scoring_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exam_id bigint NOT NULL REFERENCES exam,
    number int NOT NULL,
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'signed', 'superseded')),
    stage text NOT NULL DEFAULT 'step_queued',
    progress double precision NOT NULL DEFAULT 0,
    settings text NOT NULL,
    link_to bigint REFERENCES scoring_run,
    key_changes int NOT NULL DEFAULT 0,
    sanctions int NOT NULL DEFAULT 0,
    n int,
    lease int NOT NULL DEFAULT 0,
    lease_until timestamptz,
    requested_by bigint NOT NULL REFERENCES staff,
    requested_at timestamptz NOT NULL,
    finished_at timestamptz,
    error text,
    applied_keys text NOT NULL DEFAULT '[]',
    inputs_sha256 text,
    part_labels text[] NOT NULL DEFAULT '{}',
    part_points int[] NOT NULL DEFAULT '{}',
    findings bytea,
    record bytea,
    record_sha256 text CHECK (record_sha256 ~ '^[0-9a-f]{64}$'),
    signed_by bigint REFERENCES staff,
    signed_at timestamptz,
    UNIQUE (exam_id, number),
    CHECK (signed_by <> requested_by),
    CHECK ((record_sha256 IS NOT NULL) = (state IN ('done', 'signed', 'superseded')))
);
CREATE UNIQUE INDEX scoring_run_unfinished ON scoring_run (exam_id) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX scoring_run_signed ON scoring_run (exam_id) WHERE state = 'signed';

-- Each candidate of a run as they were then. place counts by name as class lists do, search is without diacritics. Scores in
-- hundredths of the 10-point scale, null for who has none; parts in thousandths of a point.
CREATE TABLE run_score (
    run_id bigint NOT NULL REFERENCES scoring_run,
    sitting_id bigint NOT NULL,
    number text NOT NULL,
    name text NOT NULL,
    place int NOT NULL,
    search text NOT NULL,
    class_id bigint,
    class_name text,
    state text NOT NULL,
    score int,
    raw_score int,
    parts int[] NOT NULL,
    theta double precision,
    theta_se double precision,
    low int,
    high int,
    sanction text,
    PRIMARY KEY (run_id, sitting_id)
);
CREATE INDEX run_score_place ON run_score (run_id, place);
CREATE INDEX run_score_class ON run_score (run_id, class_id);

-- findings: JSON of core.analysis.ClassFigures.
CREATE TABLE run_class (
    run_id bigint NOT NULL REFERENCES scoring_run,
    class_id bigint NOT NULL REFERENCES class,
    findings bytea NOT NULL,
    PRIMARY KEY (run_id, class_id)
);

-- findings: JSON of core.analysis.ItemFindings.
CREATE TABLE run_item (
    run_id bigint NOT NULL REFERENCES scoring_run,
    item_id bigint NOT NULL REFERENCES item,
    position int NOT NULL,
    findings bytea NOT NULL,
    PRIMARY KEY (run_id, item_id)
);

-- An administration of an item as a signed run found it; it counts while that run is the signed one. difficulty: mean
-- share of the points; parameters: JSON of core.parameter_file.ItemFigures on the run's scale, null without a model.
CREATE TABLE item_use (
    item_id bigint NOT NULL REFERENCES item,
    run_id bigint NOT NULL REFERENCES scoring_run,
    n int NOT NULL,
    difficulty double precision,
    difficulty_se double precision,
    discrimination double precision,
    model text,
    a double precision,
    a_se double precision,
    b double precision,
    b_se double precision,
    c double precision,
    c_se double precision,
    parameters text,
    PRIMARY KEY (item_id, run_id)
);
CREATE INDEX item_use_run ON item_use (run_id);

-- All responses of an exam as numbers, compressed: what a preview is computed from. scripts_sha256: of the sittings in it.
CREATE TABLE coded_exam (
    exam_id bigint PRIMARY KEY REFERENCES exam,
    scripts_sha256 text NOT NULL,
    coded bytea NOT NULL
);
