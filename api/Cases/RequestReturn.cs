using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Cases;

/// <summary>An agency asks to give a case back. It stays the agency's until the bank accepts.</summary>
internal static class RequestReturn
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/return", HandleAsync)
        .Describe("Cases_RequestReturn", Scopes.CasesReturn, "Ask to return a case", "Says by a code why the agency can't go on with it. The bank accepts, and the case ends, or refuses.")
        .Returns<Case>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, CaseProblems.IsRecallPending, CaseProblems.IsRecallObjected, CaseProblems.IsReturnRequested, CaseProblems.RetentionOpen)
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Case>> HandleAsync(Id id, CaseReturn request, Work work, CancellationToken cancellation)
    {
        var @case = (await Locked.ForAgencyAsync(work, id, cancellation)).Case;
        @case.RequireActive();
        if (@case.OpenKind is not null)
        {
            throw CaseProblems.RetentionOpen.Refuse();
        }

        await Motion.MakeAsync(work, @case, MotionKind.Return, Words.Of(request.Code), null, request.Note);
        await @case.TellAsync(work, "case.return_requested", Words.Of(request.Code));
        return Answer.Created($"/v1/cases/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The return to ask for.</summary>
/// <param name="Code">Why the case is given back.</param>
/// <param name="Note">More about it, for the bank; up to 4,000 characters. Kept encrypted.</param>
public sealed record CaseReturn(ReturnCode Code, string? Note = null)
{
    private sealed class Rules : AbstractValidator<CaseReturn>
    {
        public Rules() => RuleFor(r => r.Note).MaximumLength(Motion.LongestNote);
    }
}
