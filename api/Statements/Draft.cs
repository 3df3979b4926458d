using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Statements;

/// <summary>Either side asks for the statements of a month that is over, where it does not want to wait for the calendar.</summary>
internal static class Draft
{
    private static readonly SidedSql Partners = new("SELECT DISTINCT bank_id, agency_id FROM agreement WHERE {side} = @tenant");

    public static void Map(RouteGroupBuilder statements) => statements.MapPost("/", HandleAsync)
        .Describe("Statements_Create", Scopes.StatementsWrite, "Draft a month's statements", "Has the system work out the statements of a month that is over, and of those before it, between the caller and all its banks or agencies: one for each currency in which money was confirmed or reversed. It does so by itself some minutes after the month's end; asking again changes nothing.")
        .Returns<StatementDraft>(StatusCodes.Status202Accepted)
        .Refuses(StatementProblems.MonthOpen);

    private static async Task<Answer<StatementDraft>> HandleAsync(StatementDraft draft, Work work, MonthEnd monthEnd, CancellationToken cancellation)
    {
        if (draft.Month >= MonthEnd.MonthOf(work.Now))
        {
            throw StatementProblems.MonthOpen.Refuse();
        }

        // Drafts are the system's to write: it does so once this is committed.
        foreach (var (bank, agency) in (await work.Db.ListAsync<Pair>(work.Side(Partners), new { tenant = work.Tenant }, cancellation)).Select(pair => (pair.BankId, pair.AgencyId)))
        {
            work.AfterCommit(after => monthEnd.CloseAsync(bank, agency, after));
        }

        return Answer.Accepted($"/v1/statements?month={draft.Month:yyyy-MM-dd}", draft);
    }

    private sealed record Pair(int BankId, int AgencyId);
}

/// <summary>Which statements are asked for.</summary>
/// <param name="Month">The first day of a month that is over.</param>
public sealed record StatementDraft(DateOnly Month)
{
    private sealed class Rules : AbstractValidator<StatementDraft>
    {
        public Rules() => RuleFor(d => d.Month).Must(month => month.Day == 1).WithErrorCode("month.malformed");
    }
}
