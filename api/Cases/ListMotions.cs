using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>What the bank said to a motion.</summary>
public enum MotionAnswer
{
    Accepted,
    Refused,
}

/// <summary>What an agency asked about a case, and what the bank answered.</summary>
/// <param name="Id">The motion.</param>
/// <param name="CaseId">The case it is about.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Reason">Why: a reason to keep the case, or a return code.</param>
/// <param name="RequestedEnd">Until when the agency asked to keep it.</param>
/// <param name="Note">What the agency wrote beside it.</param>
/// <param name="MadeAt">When it was asked.</param>
/// <param name="Answer">What the bank said; absent while it is open, and where a recall or its notice came first.</param>
/// <param name="NewDate">The recall day, or the end of the term, that the bank granted.</param>
/// <param name="AnswerReason">Why the bank refused.</param>
/// <param name="AnsweredAt">When the bank answered.</param>
public sealed record CaseMotion(
    Id Id, Id CaseId, MotionKind Kind, string Reason, DateOnly? RequestedEnd, string? Note, DateTimeOffset MadeAt,
    MotionAnswer? Answer, DateOnly? NewDate, string? AnswerReason, DateTimeOffset? AnsweredAt);

/// <summary>Either side lists what was asked about a case.</summary>
internal static class ListMotions
{
    private static readonly Sql Page = new("""
        SELECT TOP (@take) m.id, m.bank_id, m.case_id, m.kind, m.reason, m.requested_end, m.note_cipher, m.made_at,
            w.answer, w.new_date, w.reason AS answer_reason, w.answered_at
        FROM case_motion AS m
        LEFT JOIN case_motion_answer AS w ON w.bank_id = m.bank_id AND w.motion_id = m.id
        WHERE m.agency_id = @agency AND m.case_id = @id AND m.id > @after
        ORDER BY m.id
        """);

    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/{id}/motions", HandleAsync)
        .Describe("Cases_ListMotions", Scopes.CasesRead, "List a case's motions", "Objections, returns and retentions that the agency asked for, oldest first, each with the bank's answer.")
        .Returns<Page<CaseMotion>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, CaseProblems.NotFound);

    private static async Task<Answer<Page<CaseMotion>>> HandleAsync(
        Id id, [AsParameters] PageQuery page, Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        var found = await Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var rows = await work.Db.ListAsync<Row>(Page, new { agency = found.Case.AgencyId, id, after = cursors.After(http, work, page), take = page.Take }, cancellation);
        return Answer.Ok(cursors.Cut(http, work, page, rows, row => row.Id, row => row.View(work.PrivateFields)));
    }

    private sealed record Row(
        Id Id, int BankId, Id CaseId, string Kind, string Reason, DateOnly? RequestedEnd, byte[]? NoteCipher, DateTimeOffset MadeAt,
        string? Answer, DateOnly? NewDate, string? AnswerReason, DateTimeOffset? AnsweredAt)
    {
        public CaseMotion View(PrivateFields fields) => new(
            Id, CaseId, Words.Read<MotionKind>(Kind), Reason, RequestedEnd,
            NoteCipher is null ? null : fields.Decrypt(BankId, "case_motion", "note_cipher", Id, NoteCipher), MadeAt,
            Words.ReadOrNull<MotionAnswer>(Answer), NewDate, AnswerReason, AnsweredAt);
    }
}
