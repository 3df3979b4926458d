using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Portfolios;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Assignments;

/// <summary>A bank hands a portfolio, or the slice of it that a filter picks, to an agency for a term.</summary>
internal static class Submit
{
    // The slice: an account is eligible when nothing is being done about it, and reserved from here on.
    private const string Slice = """
        a.bank_id = @tenant AND a.portfolio_id = @portfolioId AND a.state = 'eligible' AND a.assignment_id IS NULL
            AND (@product IS NULL OR a.product = @product)
            AND (@minBalance IS NULL OR a.principal + a.interest + a.fees >= @minBalance)
            AND (@maxBalance IS NULL OR a.principal + a.interest + a.fees <= @maxBalance)
            AND (@dueOnOrBefore IS NULL OR a.oldest_due_date <= @dueOnOrBefore)
            AND (@dueOnOrAfter IS NULL OR a.oldest_due_date >= @dueOnOrAfter)
        """;

    // The latest version is the one that the assignment keeps.
    private static readonly Sql FindAgreement = new("""
        SELECT agency_id, valid_from, valid_to, version
        FROM agreement_version
        WHERE bank_id = @tenant AND agreement_id = @id
            AND version = (SELECT MAX(n.version) FROM agreement_version AS n WHERE n.bank_id = @tenant AND n.agreement_id = @id)
        """);

    private static readonly Sql MixOfSlice = new(
        $"""
        SELECT cycle, COUNT(*) AS accounts, SUM(principal) AS principal, SUM(interest) AS interest, SUM(fees) AS fees
        FROM
        (
            SELECT a.principal, a.interest, a.fees,
                CASE WHEN a.oldest_due_date >= @today THEN 0
                    WHEN DATEDIFF(DAY, a.oldest_due_date, @today) > 180 THEN 7
                    ELSE (DATEDIFF(DAY, a.oldest_due_date, @today) + 29) / 30 END AS cycle
            FROM account AS a WITH (UPDLOCK, HOLDLOCK)
            WHERE {Slice}
        ) AS slice
        GROUP BY cycle
        ORDER BY cycle
        """,
        $"""
        SELECT cycle, COUNT(*) AS accounts, SUM(principal) AS principal, SUM(interest) AS interest, SUM(fees) AS fees
        FROM
        (
            SELECT a.principal, a.interest, a.fees,
                CASE WHEN a.oldest_due_date >= @today THEN 0
                    WHEN julianday(@today) - julianday(a.oldest_due_date) > 180 THEN 7
                    ELSE CAST(julianday(@today) - julianday(a.oldest_due_date) + 29 AS INTEGER) / 30 END AS cycle
            FROM account AS a
            WHERE {Slice}
        ) AS slice
        GROUP BY cycle
        ORDER BY cycle
        """);

    private static readonly Sql Insert = new("""
        INSERT INTO assignment (bank_id, id, agency_id, agreement_id, portfolio_id, currency, term_start, term_end, account_count,
            principal, interest, fees, days_past_due_mix, submitted_at, agreement_version)
        VALUES (@tenant, @id, @agency, @agreementId, @portfolioId, @currency, @termStart, @termEnd, @accounts,
            @principal, @interest, @fees, @mix, @now, @version)
        """);

    private static readonly Sql InsertAccounts = new(
        $"""
        INSERT INTO assignment_account (bank_id, assignment_id, account_id, principal, interest, fees, days_past_due)
        SELECT a.bank_id, @id, a.id, a.principal, a.interest, a.fees,
            CASE WHEN a.oldest_due_date >= @today THEN 0 ELSE DATEDIFF(DAY, a.oldest_due_date, @today) END
        FROM account AS a
        WHERE {Slice}
        """,
        $"""
        INSERT INTO assignment_account (bank_id, assignment_id, account_id, principal, interest, fees, days_past_due)
        SELECT a.bank_id, @id, a.id, a.principal, a.interest, a.fees,
            MAX(0, CAST(julianday(@today) - julianday(a.oldest_due_date) AS INTEGER))
        FROM account AS a
        WHERE {Slice}
        """);

    private static readonly Sql Reserve = new("""
        UPDATE account
        SET assignment_id = @id, changed_at = @now
        WHERE bank_id = @tenant AND id IN (SELECT account_id FROM assignment_account WHERE bank_id = @tenant AND assignment_id = @id)
        """);

    public static void Map(RouteGroupBuilder assignments) => assignments.MapPost("/", HandleAsync)
        .Describe("Assignments_Create", Scopes.AssignmentsWrite, "Assign accounts to an agency", "Reserves the eligible accounts that the filter picks and offers them to the agency of the agreement. Cases are made once it has acknowledged and the term has started.")
        .Returns<Assignment>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, AgreementProblems.NotFound, AgreementProblems.NotInForce, PortfolioProblems.NotFound, AssignmentProblems.TermPast, AssignmentProblems.Empty);

    private static async Task<Answer<Assignment>> HandleAsync(NewAssignment assignment, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var agreement = await work.Db.FindAsync<AgreementRow>(FindAgreement, new { tenant = work.Tenant, id = assignment.AgreementId }, cancellation)
            ?? throw AgreementProblems.NotFound.Refuse();
        if (assignment.TermStart < agreement.ValidFrom || assignment.TermEnd > (agreement.ValidTo ?? DateOnly.MaxValue))
        {
            throw AgreementProblems.NotInForce.Refuse();
        }

        if (assignment.TermEnd < DateOnly.FromDateTime(work.Now.UtcDateTime))
        {
            throw AssignmentProblems.TermPast.Refuse();
        }

        var portfolio = await Portfolios.Get.ReadAsync(work, assignment.PortfolioId, cancellation) ?? throw PortfolioProblems.NotFound.Refuse();
        var id = work.NewId();
        var slice = SliceOf(assignment, work, id);
        var mix = await work.Db.ListAsync<MixRow>(MixOfSlice, slice, cancellation);
        if (mix.Count == 0)
        {
            throw AssignmentProblems.Empty.Refuse();
        }

        await work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            id,
            agency = agreement.AgencyId,
            assignment.AgreementId,
            assignment.PortfolioId,
            portfolio.Currency,
            assignment.TermStart,
            assignment.TermEnd,
            accounts = mix.Sum(m => m.Accounts),
            principal = mix.Sum(m => m.Principal),
            interest = mix.Sum(m => m.Interest),
            fees = mix.Sum(m => m.Fees),
            mix = Mix.Write(mix.Select(m => new Mix(m.Cycle, m.Accounts, m.Principal + m.Interest + m.Fees))),
            now = work.Now,
            version = agreement.Version,
        }, cancellation);
        await work.Db.ExecuteAsync(InsertAccounts, slice, cancellation);
        await work.Db.ExecuteAsync(Reserve, new { tenant = work.Tenant, id, now = work.Now }, cancellation);
        await work.AuditAsync("assignment.submitted", id);
        await work.EmitAsync(new("assignment.submitted", id, work.Tenant, agreement.AgencyId));
        return Answer.Created($"/v1/assignments/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }

    private static object SliceOf(NewAssignment assignment, Work work, Id id)
    {
        var today = DateOnly.FromDateTime(work.Now.UtcDateTime);
        var filter = assignment.Filter;
        return new
        {
            tenant = work.Tenant,
            id,
            assignment.PortfolioId,
            product = filter?.Product,
            minBalance = filter?.MinBalance,
            maxBalance = filter?.MaxBalance,
            dueOnOrBefore = filter?.MinDaysPastDue is { } min ? today.AddDays(-min) : (DateOnly?)null,
            dueOnOrAfter = filter?.MaxDaysPastDue is { } max ? today.AddDays(-max) : (DateOnly?)null,
            today,
        };
    }

    private sealed record AgreementRow(int AgencyId, DateOnly ValidFrom, DateOnly? ValidTo, int Version);

    private sealed record MixRow(int Cycle, int Accounts, long Principal, long Interest, long Fees);
}

/// <summary>Which accounts of the portfolio to assign; all conditions must hold, an absent one always does.</summary>
/// <param name="Product">The bank's word for the kind of debt, exactly.</param>
/// <param name="MinBalance">Least total balance, in minor units.</param>
/// <param name="MaxBalance">Largest total balance, in minor units.</param>
/// <param name="MinDaysPastDue">Least days past due, today.</param>
/// <param name="MaxDaysPastDue">Most days past due, today.</param>
public sealed record AssignmentFilter(string? Product = null, long? MinBalance = null, long? MaxBalance = null, int? MinDaysPastDue = null, int? MaxDaysPastDue = null);

/// <summary>The accounts to hand over, to whom, and for how long.</summary>
/// <param name="AgreementId">The mandate; it names the agency and must cover the term.</param>
/// <param name="PortfolioId">Where the accounts come from.</param>
/// <param name="TermStart">First day of the term.</param>
/// <param name="TermEnd">Last day of the term.</param>
/// <param name="Filter">Which accounts; all eligible ones when absent.</param>
public sealed record NewAssignment(Id AgreementId, Id PortfolioId, DateOnly TermStart, DateOnly TermEnd, AssignmentFilter? Filter = null)
{
    private const int LongestOverdueDays = 36_500;

    private sealed class Rules : AbstractValidator<NewAssignment>
    {
        public Rules()
        {
            RuleFor(a => a.TermEnd).GreaterThanOrEqualTo(a => a.TermStart);
            RuleFor(a => a.Filter).ChildRules(filter =>
            {
                filter.RuleFor(f => f!.MinBalance).GreaterThanOrEqualTo(0);
                filter.RuleFor(f => f!.MaxBalance).GreaterThanOrEqualTo(f => f!.MinBalance ?? 0);
                filter.RuleFor(f => f!.MinDaysPastDue).InclusiveBetween(0, LongestOverdueDays);
                filter.RuleFor(f => f!.MaxDaysPastDue).InclusiveBetween(0, LongestOverdueDays);
                filter.RuleFor(f => f!.Product).MaximumLength(60);
            }).When(a => a.Filter is not null);
        }
    }
}
