using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Statements;

/// <summary>A bank does not agree to a statement and says why, and to which lines.</summary>
internal static class Dispute
{
    private static readonly Sql Insert = new("""
        INSERT INTO statement_objection (bank_id, statement_id, version, line_number, agency_id, reason)
        VALUES (@tenant, @id, @version, @line, @agency, @reason)
        """);

    public static void Map(RouteGroupBuilder statements) => statements.MapPost("/{id}/dispute", HandleAsync)
        .Describe("Statements_Dispute", Scopes.StatementsWrite, "Dispute a statement", "The bank does not agree to the version that stands and says why; for each line in question with its own reason. The agency answers by issuing it anew.")
        .Returns<Statement>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, StatementProblems.UnknownLine, .. StatementProblems.States.Except([StatementProblems.IsIssued, StatementProblems.IsReissued])])
        .On(Get.ReadAsync, StatementProblems.NotFound);

    private static async Task<Answer<Statement>> HandleAsync(Id id, StatementDispute dispute, Work work, CancellationToken cancellation)
    {
        var statement = await Steps.OpenAsync(work, TenantKind.Bank, id, cancellation, StatementState.Issued, StatementState.Reissued);
        var objections = dispute.Objections ?? [];
        if (objections.Any(objection => objection.LineNumber > statement.LineCount))
        {
            throw StatementProblems.UnknownLine.Refuse();
        }

        await Steps.DecideAsync(work, statement, "disputed", dispute.Reason);
        await work.Db.ExecuteAsync(
            Insert,
            objections.Select(o => new { tenant = work.Tenant, id, version = statement.Version, line = o.LineNumber, agency = statement.AgencyId, reason = o.Reason }).ToList(),
            cancellation);
        return await Steps.DoneAsync(work, statement, "disputed", cancellation);
    }
}

/// <summary>Why a bank does not agree.</summary>
/// <param name="Reason">For all of it; 1 to 400 characters.</param>
/// <param name="Objections">The lines in question, each once; up to 500, none when absent.</param>
public sealed record StatementDispute(string Reason, IReadOnlyList<StatementObjection>? Objections = null)
{
    private const int MostObjections = 500;

    private sealed class Rules : AbstractValidator<StatementDispute>
    {
        public Rules()
        {
            RuleFor(d => d.Reason).NotEmpty().MaximumLength(Steps.LongestText);
            RuleFor(d => d.Objections).Must(lines => lines is null or { Count: <= MostObjections }).WithErrorCode("too_many");
            RuleFor(d => d.Objections).Must(lines => lines is null || lines.Where(o => o is not null).GroupBy(o => o.LineNumber).All(same => same.Count() == 1)).WithErrorCode("duplicate");
            RuleForEach(d => d.Objections).NotNull().ChildRules(objection =>
            {
                objection.RuleFor(o => o.LineNumber).GreaterThanOrEqualTo(1);
                objection.RuleFor(o => o.Reason).NotEmpty().MaximumLength(Steps.LongestText);
            });
        }
    }
}
