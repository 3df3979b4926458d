using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Statements;

/// <summary>An agency answers a dispute: a new version of the same lines with adjustments, each with its reason. The version before stays.</summary>
internal static class Reissue
{
    private static readonly Sql Insert = new("""
        INSERT INTO statement_adjustment (bank_id, statement_id, version, number, agency_id, line_number, amount, reason)
        VALUES (@bank, @id, @version, @number, @tenant, @line, @amount, @reason)
        """);

    public static void Map(RouteGroupBuilder statements) => statements.MapPost("/{id}/reissue", HandleAsync)
        .Describe("Statements_Reissue", Scopes.StatementsWrite, "Issue a statement anew", "The agency answers a dispute with a new version. It lists all of its adjustments, those of the version before included; none says that the agency stands by the lines.")
        .Returns<Statement>(StatusCodes.Status201Created)
        .Refuses([HttpProblems.WrongTenantKind, StatementProblems.UnknownLine, StatementProblems.WrongCurrency, .. StatementProblems.States.Except([StatementProblems.IsDisputed])])
        .On(Get.ReadAsync, StatementProblems.NotFound);

    private static async Task<Answer<Statement>> HandleAsync(Id id, StatementReissue reissue, Work work, CancellationToken cancellation)
    {
        var statement = await Steps.OpenAsync(work, TenantKind.Agency, id, cancellation, StatementState.Disputed);
        var adjustments = reissue.Adjustments ?? [];
        if (adjustments.Any(adjustment => adjustment.Amount.Currency != statement.Currency))
        {
            throw StatementProblems.WrongCurrency.Refuse();
        }

        if (adjustments.Any(adjustment => adjustment.LineNumber > statement.LineCount))
        {
            throw StatementProblems.UnknownLine.Refuse();
        }

        var version = statement.Version!.Value + 1;
        await Issue.WriteAsync(work, statement, version, adjustments.Sum(adjustment => adjustment.Amount.Amount), reissue.Note);
        await work.Db.ExecuteAsync(
            Insert,
            adjustments.Select((a, index) => new { bank = statement.BankId, id, version, number = index + 1, tenant = work.Tenant, line = a.LineNumber, amount = a.Amount.Amount, reason = a.Reason }).ToList(),
            cancellation);
        return await Steps.DoneAsync(work, statement, "reissued", cancellation);
    }
}

/// <summary>The new version.</summary>
/// <param name="Note">What the agency answers; up to 400 characters.</param>
/// <param name="Adjustments">All that is added to the lines or taken off them; up to 500, none when absent.</param>
public sealed record StatementReissue(string? Note = null, IReadOnlyList<NewStatementAdjustment>? Adjustments = null)
{
    private const int MostAdjustments = 500;

    private sealed class Rules : AbstractValidator<StatementReissue>
    {
        public Rules()
        {
            RuleFor(r => r.Note).MaximumLength(Steps.LongestText);
            RuleFor(r => r.Adjustments).Must(adjustments => adjustments is null or { Count: <= MostAdjustments }).WithErrorCode("too_many");
            RuleForEach(r => r.Adjustments).NotNull().ChildRules(adjustment =>
            {
                adjustment.RuleFor(a => a.Amount).MustBeMoneyEitherWay();
                adjustment.RuleFor(a => a.Reason).NotEmpty().MaximumLength(Steps.LongestText);
                adjustment.RuleFor(a => a.LineNumber).GreaterThanOrEqualTo(1);
            });
        }
    }
}

/// <summary>Something to add to the lines.</summary>
/// <param name="Amount">What is added; negative to take off, never zero.</param>
/// <param name="Reason">Why; 1 to 400 characters.</param>
/// <param name="LineNumber">The line it is about; about none when absent.</param>
public sealed record NewStatementAdjustment(Money Amount, string Reason, int? LineNumber = null);
