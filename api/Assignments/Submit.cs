using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Portfolios;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Assignments;

/// <summary>
/// A bank hands a portfolio, or the slice of it that a filter picks, to an agency for a term. Its accounts are reserved from here
/// on; where there are many, in the background.
/// </summary>
internal static class Submit
{
    private const string Description = """
        Reserves the accounts that the filter picks and offers them to the agency of the agreement. Accounts that can't be assigned
        (an open case, reserved by another assignment, a hold, resolved) are skipped and listed. Up to 1,000 accounts it answers 201;
        above, 202 with the assignment in state `placing`, which the agency sees once it is `submitted`. Cases are made when the agency
        has acknowledged and the term has started.
        """;

    // An assignment keeps the version of the agreement that stands when it is submitted.
    private static readonly Sql FindAgreement = new("""
        SELECT v.agency_id, v.version, v.valid_from, v.valid_to
        FROM agreement_version AS v
        WHERE v.bank_id = @tenant AND v.agreement_id = @id
            AND v.version = (SELECT MAX(n.version) FROM agreement_version AS n WHERE n.bank_id = @tenant AND n.agreement_id = @id)
        """);

    private static readonly Sql Insert = new("""
        INSERT INTO assignment (bank_id, id, agency_id, agreement_id, agreement_version, portfolio_id, currency, term_start, term_end, slice, placing,
            account_count, principal, interest, fees, days_past_due_mix, skipped_count, submitted_at)
        VALUES (@tenant, @id, @agency, @agreementId, @version, @portfolioId, @currency, @termStart, @termEnd, @filter, @placing,
            @accounts, @principal, @interest, @fees, @mix, @skipped, @now)
        """);

    public static void Map(RouteGroupBuilder assignments) => assignments.MapPost("/", HandleAsync)
        .Describe("Assignments_Create", Scopes.AssignmentsWrite, "Assign accounts to an agency", Description.ReplaceLineEndings(" "))
        .Returns<Assignment>(StatusCodes.Status201Created)
        .Returns<Assignment>(StatusCodes.Status202Accepted)
        .Refuses(HttpProblems.WrongTenantKind, AgreementProblems.NotFound, AgreementProblems.NotInForce, PortfolioProblems.NotFound, AssignmentProblems.TermPast, AssignmentProblems.Empty);

    /// <summary>What the assignment stands on, provided that the term is covered and not over.</summary>
    internal static async Task<(AgreementRow Agreement, string Currency)> CheckAsync(Work work, NewAssignment assignment, CancellationToken cancellation)
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
        return (agreement, portfolio.Currency);
    }

    private static async Task<Answer<Assignment>> HandleAsync(NewAssignment assignment, Work work, AssignmentSteps steps, CancellationToken cancellation)
    {
        var (agreement, currency) = await CheckAsync(work, assignment, cancellation);
        var slice = assignment.Slice(work);
        var rows = await slice.LockAsync(work.Db, default, Slice.Last, AssignmentSteps.AtOnce + 1, cancellation);
        var placing = rows.Count > AssignmentSteps.AtOnce;
        if (rows.All(row => row.Reason is not null) && !(placing && await slice.HasEligibleAsync(work.Db, cancellation)))
        {
            throw AssignmentProblems.Empty.Refuse();
        }

        var figures = new Figures();
        foreach (var row in placing ? [] : rows)
        {
            figures.Add(row, slice.Today);
        }

        var id = work.NewId();
        await work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            id,
            agency = agreement.AgencyId,
            assignment.AgreementId,
            agreement.Version,
            assignment.PortfolioId,
            currency,
            assignment.TermStart,
            assignment.TermEnd,
            filter = slice.Filter.Write(),
            placing,
            figures.Accounts,
            figures.Principal,
            figures.Interest,
            figures.Fees,
            figures.Mix,
            figures.Skipped,
            now = work.Now,
        }, cancellation);
        if (placing)
        {
            await work.AuditAsync("assignment.created", id);
            await work.EmitAsync(new("assignment.created", id, work.Tenant, null));
            work.AfterCommit(_ => steps.Later(work.Tenant, id));
            return Answer.Accepted($"/v1/assignments/{id}", (await Get.ReadAsync(work, id, cancellation))!);
        }

        await Placing.ReserveAsync(work, id, slice, rows, cancellation);
        await work.AuditAsync("assignment.submitted", id);
        await work.EmitAsync(new("assignment.submitted", id, work.Tenant, agreement.AgencyId));
        return Answer.Created($"/v1/assignments/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }

    internal sealed record AgreementRow(int AgencyId, int Version, DateOnly ValidFrom, DateOnly? ValidTo);
}

/// <summary>The accounts to hand over, to whom, and for how long.</summary>
/// <param name="AgreementId">The mandate; it names the agency and must cover the term.</param>
/// <param name="PortfolioId">Where the accounts come from.</param>
/// <param name="TermStart">First day of the term.</param>
/// <param name="TermEnd">Last day of the term.</param>
/// <param name="Filter">Which accounts; all eligible ones when absent.</param>
public sealed record NewAssignment(Id AgreementId, Id PortfolioId, DateOnly TermStart, DateOnly TermEnd, AssignmentFilter? Filter = null)
{
    private const int LongestOverdueDays = 36_500;

    internal Slice Slice(Work work) => new(work.Tenant, PortfolioId, Filter ?? new(), work.Now);

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
                filter.RuleFor(f => f!.MaxDaysPastDue).GreaterThanOrEqualTo(f => f!.MinDaysPastDue ?? 0);
                filter.RuleFor(f => f!.Product).Length(1, 60);
                filter.RuleFor(f => f!.City).Length(1, 100);
                filter.RuleFor(f => f!.Cycles).Must(cycles => cycles is null or { Count: > 0 and <= 8 }).WithErrorCode("cycles.count").WithMessage("1 to 8 cycles.");
                filter.RuleForEach(f => f!.Cycles).Matches("^(M[0-6]|M7\\+)\\z").WithErrorCode("cycle.unknown");
            }).When(a => a.Filter is not null);
        }
    }
}
