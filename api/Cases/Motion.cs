using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Cases;

/// <summary>What an agency can ask about a case.</summary>
public enum MotionKind
{
    /// <summary>It objects to the notice of a recall.</summary>
    RecallObjection,

    /// <summary>It asks to give the case back.</summary>
    Return,

    /// <summary>It asks to keep the case beyond its term.</summary>
    Retention,
}

/// <summary>Why an agency gives a case back.</summary>
public enum ReturnCode
{
    Unlocated,
    Deceased,
    Insolvent,
    Disputed,
    Fraud,
    Uncollectible,
    TimeBarred,
    OutOfArea,
    Conflict,
    Ceased,
}

/// <summary>What the agency asks and the bank has not answered.</summary>
/// <param name="Id">The motion.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Reason">Why: a reason to keep the case, or a return code.</param>
/// <param name="RequestedEnd">Until when the agency asks to keep it.</param>
/// <param name="MadeAt">When it was asked.</param>
public sealed record OpenMotion(Id Id, MotionKind Kind, string Reason, DateOnly? RequestedEnd, DateTimeOffset MadeAt);

/// <summary>
/// The agency's motions and the bank's answers, each side's rows its own. The case names the last motion that was answered, or
/// overridden by a notice; a later one is open.
/// </summary>
internal static class Motion
{
    /// <summary>The longest remark that may come with one.</summary>
    public const int LongestNote = 4000;

    private static readonly Sql Insert = new("""
        INSERT INTO case_motion (bank_id, id, agency_id, case_id, account_id, kind, reason, requested_end, note_cipher, person_id, client_id, made_at)
        VALUES (@bank, @id, @tenant, @case, @account, @kind, @reason, @requestedEnd, @note, @person, @client, @now)
        """);

    private static readonly Sql InsertAnswer = new("""
        INSERT INTO case_motion_answer (bank_id, motion_id, agency_id, case_id, answer, new_date, reason, person_id, client_id, answered_at)
        VALUES (@tenant, @motion, @agency, @case, @answer, @newDate, @reason, @person, @client, @now)
        """);

    /// <summary>The agency asks; the case is locked and nothing else is open.</summary>
    public static async Task MakeAsync(Work work, CaseRow @case, MotionKind kind, string reason, DateOnly? requestedEnd, string? note)
    {
        var id = work.NewId();
        await work.Db.ExecuteAsync(Insert, new
        {
            bank = @case.BankId,
            id,
            tenant = work.Tenant,
            @case = @case.CaseId,
            account = @case.AccountId,
            kind = Words.Of(kind),
            reason,
            requestedEnd,
            note = note is null ? null : work.PrivateFields.Encrypt(@case.BankId, "case_motion", "note_cipher", id, note),
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        });
    }

    /// <summary>The bank agrees to what is open.</summary>
    /// <param name="newDate">The recall day or the end of the term that it grants.</param>
    public static Task AcceptAsync(Work work, CaseRow @case, DateOnly? newDate = null) => AnswerAsync(work, @case, "accepted", newDate, null);

    /// <summary>The bank does not, and says why.</summary>
    public static Task RefuseAsync(Work work, CaseRow @case, string reason) => AnswerAsync(work, @case, "refused", null, reason);

    private static Task AnswerAsync(Work work, CaseRow @case, string answer, DateOnly? newDate, string? reason) => work.Db.ExecuteAsync(InsertAnswer, new
    {
        tenant = work.Tenant,
        motion = @case.MotionId,
        agency = @case.AgencyId,
        @case = @case.CaseId,
        answer,
        newDate,
        reason,
        person = work.Caller.Person,
        client = work.Caller.Client,
        now = work.Now,
    });
}
