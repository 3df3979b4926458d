using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Cases;

/// <summary>A bank lets an agency keep a case beyond its term. A recall day that it set when it accepted an objection no longer stands.</summary>
internal static class GrantRetention
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/retention-grant", HandleAsync)
        .Describe("Cases_GrantRetention", Scopes.CasesRecall, "Let the agency keep a case", "The case's term ends on the day asked for, or on the one given here. It replaces a recall day that stood.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses([
            HttpProblems.WrongTenantKind, CaseProblems.DateTooEarly, AgreementProblems.NotInForce, CaseProblems.IsActive, CaseProblems.IsRecallPending,
            CaseProblems.IsRecallObjected, CaseProblems.IsReturnRequested, .. CaseProblems.Ended])
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, RetentionGrant grant, Work work, CancellationToken cancellation)
    {
        var found = await Locked.ForBankAsync(work, id, cancellation);
        RequireOpenRetention(found.Case);
        var end = grant.TermEnd ?? found.Case.RequestedEnd!.Value;
        await Term.RequireLaterAsync(work, found, end);

        await Motion.AcceptAsync(work, found.Case, end);
        await (found.Case with { ExtendedTo = end, RecallOn = null, RecallReason = null, AnsweredMotionId = found.Case.MotionId }).StandAsync(work);
        await found.Case.TellAsync(work, "case.retention_granted");
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }

    /// <summary>A retention asked for changes no state, so an active case may have one or not.</summary>
    public static void RequireOpenRetention(CaseRow @case)
    {
        @case.RequireActive();
        if (@case.OpenKind != MotionKind.Retention)
        {
            throw CaseProblems.IsActive.Refuse();
        }
    }
}

/// <summary>The grant.</summary>
/// <param name="TermEnd">The new last day of the case's term; the day asked for when absent.</param>
public sealed record RetentionGrant(DateOnly? TermEnd = null);
