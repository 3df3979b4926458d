using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Statements;

/// <summary>A bank agrees to the version that stands: it owes the total. By whoever approves, and not by those who confirm money and pay.</summary>
internal static class Agree
{
    public static void Map(RouteGroupBuilder statements) => statements.MapPost("/{id}/agreement", HandleAsync)
        .Describe("Statements_Agree", Scopes.StatementsApprove, "Agree to a statement", "The bank agrees to the version that stands. Nothing of it changes any more; it is paid next.")
        .Returns<Statement>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, .. StatementProblems.States.Except([StatementProblems.IsIssued, StatementProblems.IsReissued])])
        .On(Get.ReadAsync, StatementProblems.NotFound);

    private static async Task<Answer<Statement>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        var statement = await Steps.OpenAsync(work, TenantKind.Bank, id, cancellation, StatementState.Issued, StatementState.Reissued);
        await Steps.DecideAsync(work, statement, "agreed");
        return await Steps.DoneAsync(work, statement, "agreed", cancellation);
    }
}
