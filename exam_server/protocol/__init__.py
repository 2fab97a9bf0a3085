"""Every message between server and browser, once. JSON Schema and TypeScript are generated from here."""

from exam_server.protocol import form, measurement, rehearsal, sitting, staff, window

SOCKET_TYPES = (sitting.ClientMessage, sitting.ServerMessage)
"""What travels on the candidate's socket."""

FORM_TYPES = (form.Form, form.FormOrder)
"""What a client decrypts."""

HTTP_TYPES = (
    sitting.LineRequest,
    sitting.LineReply,
    staff.Problem,
    staff.CandidateLogin,
    staff.LoginQueue,
    staff.CandidateSession,
    staff.StaffLogin,
    staff.StaffSession,
    staff.Banks,
    staff.NewBank,
    staff.Items,
    staff.ItemDetail,
    staff.ImportReview,
    staff.Exams,
    staff.ExamDetail,
    staff.NewExam,
    staff.NewShift,
    staff.Shifts,
    staff.Candidates,
    staff.RosterReview,
    staff.RoomView,
    staff.Command,
    staff.CommandResult,
    staff.Log,
    staff.Results,
    rehearsal.ServerTime,
    rehearsal.NewRehearsal,
    rehearsal.RehearsalCode,
    rehearsal.Rehearsals,
    rehearsal.RehearsalEntry,
    rehearsal.RehearsalPlan,
    rehearsal.RehearsalToken,
    rehearsal.Proofs,
    rehearsal.RehearsalReport,
    rehearsal.RehearsalVerdict,
    measurement.NewRun,
    measurement.ScoringRun,
    measurement.Runs,
    measurement.SignRun,
    measurement.TestAnalysis,
    measurement.ItemAnalysis,
    measurement.Scores,
    measurement.KeyChanges,
    measurement.NewKeyChange,
    measurement.KeyDecision,
    measurement.KeyChange,
    measurement.KeyPreview,
    measurement.Sanctions,
    measurement.Sanction,
    measurement.NewSanction,
    window.WindowView,
    window.Alarms,
)
"""Bodies of HTTP requests and replies."""
