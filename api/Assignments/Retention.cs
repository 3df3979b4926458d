using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Assignments;

/// <summary>What was said about keeping an assignment's cases beyond its term.</summary>
public enum RetentionDeed
{
    /// <summary>The agency asks to keep them.</summary>
    Asked,

    /// <summary>The bank lets it.</summary>
    Granted,

    /// <summary>The bank does not.</summary>
    Refused,
}

/// <summary>How far it has come.</summary>
public enum RetentionState
{
    /// <summary>It is being said of case after case, in the background.</summary>
    Running,

    /// <summary>It was said of all.</summary>
    Done,
}

/// <summary>Keeping an assignment's cases beyond its term, asked for or answered.</summary>
/// <param name="Id">What is followed along by.</param>
/// <param name="AssignmentId">The assignment.</param>
/// <param name="Deed">Asked by the agency; granted or refused by the bank.</param>
/// <param name="State">Whether it was said of every case yet.</param>
/// <param name="TermEnd">The new last day of the cases' term. Absent where the bank grants each case the day that was asked for.</param>
/// <param name="Reason">Why the agency asks, or why the bank refuses.</param>
/// <param name="Cases">For how many cases; it grows while it runs.</param>
/// <param name="MadeAt">When it was said.</param>
/// <param name="FinishedAt">When the last case had it.</param>
public sealed record AssignmentRetention(
    Id Id, Id AssignmentId, RetentionDeed Deed, RetentionState State, DateOnly? TermEnd, string? Reason, int Cases, DateTimeOffset MadeAt, DateTimeOffset? FinishedAt);

/// <summary>
/// A retention as stored. It is carried out case by case, in the order of their ids, under the name and with the sight of whoever said
/// it; how far it came is in the row, so that a killed process goes on there.
/// </summary>
/// <param name="Sight">What the person who said it saw of the agency's cases: it was said of those alone.</param>
internal sealed record Retention(
    Id Id, int BankId, int AgencyId, Id AssignmentId, string Deed, DateOnly? TermEnd, string? Reason, string Sight, Id? PersonId, string? ClientId,
    DateTimeOffset MadeAt, int CaseCount, Id? LastCaseId, DateTimeOffset? FinishedAt)
{
    public const string Columns = "t.id, t.bank_id, t.agency_id, t.assignment_id, t.deed, t.term_end, t.reason, t.sight, t.person_id, t.client_id, t.made_at, t.case_count, t.last_case_id, t.finished_at";

    private static readonly Sql Insert = new("""
        INSERT INTO assignment_retention (bank_id, id, agency_id, assignment_id, deed, term_end, reason, sight, person_id, client_id, made_at, case_count)
        VALUES (@bank, @id, @agency, @assignment, @deed, @termEnd, @reason, @sight, @person, @client, @now, 0)
        """);

    private static readonly Sql Running = new("SELECT t.id FROM assignment_retention AS t WHERE t.bank_id = @bank AND t.assignment_id = @assignment AND t.finished_at IS NULL");
    private static readonly Sql ReadLocked = new($"SELECT {Columns} FROM assignment_retention AS t WITH (UPDLOCK, HOLDLOCK) WHERE t.bank_id = @bank AND t.id = @id");
    private static readonly Sql Advance = new("UPDATE assignment_retention SET case_count = @caseCount, last_case_id = @lastCaseId, finished_at = @finishedAt WHERE bank_id = @bank AND id = @id");

    /// <summary>For whom it is carried out: the agency asks in its own name, the system answers in the bank's.</summary>
    public TenantContext Context => Deed == Words.Of(RetentionDeed.Asked)
        ? new TenantContext(AgencyId, TenantKind.Agency, PersonId, Words.Read<Sight>(Sight))
        : TenantContext.SystemFor(BankId);

    public AssignmentRetention View() => new(
        Id, AssignmentId, Words.Read<RetentionDeed>(Deed), FinishedAt is null ? RetentionState.Running : RetentionState.Done, TermEnd, Reason, CaseCount, MadeAt, FinishedAt);

    /// <summary>Writes down that it was said, of a locked assignment, and says it of all cases: at once if they are few, else in the background.</summary>
    public static async Task<Answer<AssignmentRetention>> SayAsync(
        Work work, AssignmentRow assignment, RetentionDeed deed, DateOnly? termEnd, string? reason, RetentionSteps steps, CancellationToken cancellation)
    {
        var said = new Retention(
            work.NewId(), assignment.BankId, assignment.AgencyId, assignment.Id, Words.Of(deed), termEnd, reason, Words.Of(work.Caller.Context.Sight),
            work.Caller.Person, work.Caller.Client, work.Now, 0, null, null);
        await work.Db.ExecuteAsync(Insert, new
        {
            bank = said.BankId,
            said.Id,
            agency = said.AgencyId,
            assignment = said.AssignmentId,
            said.Deed,
            said.TermEnd,
            said.Reason,
            said.Sight,
            person = said.PersonId,
            client = said.ClientId,
            now = said.MadeAt,
        }, cancellation);
        await work.AuditAsync($"assignment.retention_{(deed == RetentionDeed.Asked ? "requested" : said.Deed)}", said.AssignmentId, reason, BeforeAfter.Of("termEnd", null, termEnd));
        var location = $"/v1/assignment-retentions/{said.Id}";
        if (assignment.AccountCount > AssignmentSteps.AtOnce)
        {
            work.AfterCommit(_ => steps.Later(said));
            return Answer.Accepted(location, said.View());
        }

        while (said.FinishedAt is null)
        {
            said = await said.GoOnAsync(work);
        }

        return Answer.Created(location, said.View());
    }

    /// <summary>Refuses while something else is being said of the assignment's cases: the two would overtake each other.</summary>
    public static async Task RequireNoneRunningAsync(Work work, AssignmentRow assignment, CancellationToken cancellation)
    {
        if (await work.Db.FindAsync<Id?>(Running, new { bank = assignment.BankId, assignment = assignment.Id }, cancellation) is not null)
        {
            throw AssignmentProblems.RetentionRunning.Refuse();
        }
    }

    public static Task<Retention?> LockAsync(Session db, int bank, Id id) => db.FindAsync<Retention>(ReadLocked, new { bank, id });

    /// <summary>Says it of the next cases, on a locked assignment that is still active.</summary>
    /// <returns>How far it is now.</returns>
    public async Task<Retention> GoOnAsync(Work work)
    {
        var cases = Deed == Words.Of(RetentionDeed.Asked) ? await RequestRetention.BatchAsync(work, this) : await AnswerRetention.BatchAsync(work, this);
        return cases is [.., var last]
            ? await StandAsync(work, this with { CaseCount = CaseCount + cases.Count, LastCaseId = last })
            : await FinishAsync(work);
    }

    /// <summary>It was said of all there are, or there is nothing left to say it of. Both sides are told.</summary>
    public async Task<Retention> FinishAsync(Work work)
    {
        if (CaseCount > 0)
        {
            var verb = Deed == Words.Of(RetentionDeed.Asked) ? "requested" : Deed;
            await work.EmitAsync(new($"assignment.retention_{verb}", AssignmentId, BankId, AgencyId));
        }

        return await StandAsync(work, this with { FinishedAt = work.Now });
    }

    private static async Task<Retention> StandAsync(Work work, Retention now)
    {
        await work.Db.ExecuteAsync(Advance, new { bank = now.BankId, now.Id, now.CaseCount, now.LastCaseId, now.FinishedAt });
        return now;
    }
}
