"""Which centres' scores moved more than the province's explain."""

import numpy as np

from exam_server.core.evidence import MAX_ROWS, RATE, JumpEvidence, JumpRow
from exam_server.core.forensic_file import PreviousScores
from exam_server.core.forensics import Sheets
from scoring.arrays import IntArray
from scoring.forensics.chances import NOT_ADMINISTERED
from scoring.forensics.jumps import CentreScores, score_jumps
from scoring.multiplicity import adjust

SCALE = 10.0


def centre_jumps(sheets: Sheets, previous: PreviousScores) -> JumpEvidence:
    """The rooms of the sheets as centres: share of right answers on the 10-point scale, now against before.

    Raises what ``score_jumps`` raises.
    """
    now = _scores(sheets)
    places = {name: place for place, name in enumerate(sheets.room_names)}
    both = [
        (before, places[name])
        for before, name in enumerate(previous.centres)
        if name in places and now.n[places[name]] > 1 and previous.scores.n[before] > 1
    ]
    old, new = (np.array(side, dtype=np.int64) for side in zip(*both, strict=True)) if both else _NOBODY
    earlier, later = _some(previous.scores, old), _some(now, new)
    found = score_jumps(earlier, later)
    q = adjust(found.p, method="bh")
    return JumpEvidence(
        centres=len(both),
        left_out=len(sheets.room_names) - len(both),
        intercept=found.intercept,
        slope=found.slope,
        spread=found.spread,
        rate=RATE,
        beyond=int((q <= RATE).sum()),
        rows=tuple(
            JumpRow(
                centre=sheets.room_names[new[place]],
                n_before=int(earlier.n[place]),
                n=int(later.n[place]),
                before=float(earlier.mean[place]),
                after=float(later.mean[place]),
                expected=float(found.expected[place]),
                difference=float(found.residual[place]),
                shrunken=float(found.shrunken[place]),
                shrunken_se=float(found.shrunken_se[place]),
                z=float(found.z[place]),
                p=float(found.p[place]),
                q=float(q[place]),
            )
            for place in np.argsort(found.p, kind="stable")[:MAX_ROWS].tolist()
        ),
    )


_NOBODY = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def _scores(sheets: Sheets) -> CentreScores:
    had = (sheets.codes != NOT_ADMINISTERED).sum(axis=1)
    score = SCALE * sheets.right.sum(axis=1) / np.maximum(had, 1)
    rooms = len(sheets.room_names)
    n = np.bincount(sheets.rooms, minlength=rooms)
    mean = np.bincount(sheets.rooms, weights=score, minlength=rooms) / np.maximum(n, 1)
    squares = np.bincount(sheets.rooms, weights=(score - mean[sheets.rooms]) ** 2, minlength=rooms)
    return CentreScores(mean=mean, sd=np.sqrt(squares / np.maximum(n - 1, 1)), n=n)


def _some(scores: CentreScores, places: IntArray) -> CentreScores:
    return CentreScores(mean=scores.mean[places], sd=scores.sd[places], n=scores.n[places])
