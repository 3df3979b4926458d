using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Cases;

/// <summary>An agency asks to keep a case beyond its term. The term ends as before unless the bank grants it.</summary>
internal static class RequestRetention
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/retention", HandleAsync)
        .Describe("Cases_RequestRetention", Scopes.CasesReturn, "Ask to keep a case beyond its term", "Says until when, and why. The state stays as it is. If the term ends before the bank answers, its notice is given all the same and the request lapses.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, CaseProblems.DateTooEarly, AgreementProblems.NotInForce, CaseProblems.IsRecallPending, CaseProblems.IsRecallObjected,
            CaseProblems.IsReturnRequested, CaseProblems.RetentionOpen)
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, CaseRetention retention, Work work, CancellationToken cancellation)
    {
        var found = await Locked.ForAgencyAsync(work, id, cancellation);
        found.Case.RequireActive();
        if (found.Case.OpenKind is not null)
        {
            throw CaseProblems.RetentionOpen.Refuse();
        }

        await Term.RequireLaterAsync(work, found, retention.TermEnd);
        await Motion.MakeAsync(work, found.Case, MotionKind.Retention, Words.Of(retention.Reason), retention.TermEnd, retention.Note);
        await found.Case.TellAsync(work, "case.retention_requested", Words.Of(retention.Reason));
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The retention to ask for.</summary>
/// <param name="TermEnd">The new last day of the case's term: later than today and than the one that stands, within the agreement's validity.</param>
/// <param name="Reason">Why the agency should keep the case.</param>
/// <param name="Note">More about it, for the bank; up to 4,000 characters. Kept encrypted.</param>
public sealed record CaseRetention(DateOnly TermEnd, KeepReason Reason, string? Note = null)
{
    private sealed class Rules : AbstractValidator<CaseRetention>
    {
        public Rules() => RuleFor(r => r.Note).MaximumLength(Motion.LongestNote);
    }
}
