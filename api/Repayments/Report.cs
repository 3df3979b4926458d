using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Repayments;

/// <summary>
/// An agency reports money that a debtor paid: for some days also after the case has ended, if it was paid before. The balance moves
/// once the bank confirms it.
/// </summary>
internal static class Report
{
    private static readonly Sql Insert = new("""
        INSERT INTO repayment (bank_id, id, agency_id, case_id, account_id, amount, currency, paid_on, over_balance, agency_reference, person_id, client_id, reported_at)
        VALUES (@bank, @id, @tenant, @case, @account, @amount, @currency, @paidOn, @overBalance, @agencyReference, @person, @client, @now)
        """);

    private static readonly Sql FindBalance = new("SELECT principal + interest + fees FROM account WHERE bank_id = @bank AND id = @account");

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapPost("/", HandleAsync)
        .Describe("Repayments_Create", Scopes.RepaymentsWrite, "Report a repayment", "Says that the debtor paid. Any positive amount in the account's currency is taken; more than is owed is flagged. A case that has ended takes late reports of money paid before its end, for as many days as the agreement says; after them it does not exist for the agency.")
        .Returns<Repayment>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, RepaymentProblems.WrongCurrency, RepaymentProblems.InFuture, RepaymentProblems.BeforeTenure, RepaymentProblems.AfterTenure)
        .On(Tenure.ReadSubjectAsync, CaseProblems.NotFound);

    private static async Task<Answer<Repayment>> HandleAsync(Id id, NewRepayment repayment, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var tenure = await Tenure.RequireAsync(work, id, cancellation);
        if (repayment.Amount.Currency != tenure.Currency)
        {
            throw RepaymentProblems.WrongCurrency.Refuse();
        }

        CheckDay(repayment.PaidOn, tenure, work.Now);

        // After the end the account is not shown any more: what was owed can't be known.
        var balance = await work.Db.FindAsync<long?>(FindBalance, new { bank = tenure.BankId, account = tenure.AccountId }, cancellation);
        var report = work.NewId();
        await work.Db.ExecuteAsync(Insert, new
        {
            bank = tenure.BankId,
            id = report,
            tenant = work.Tenant,
            @case = id,
            account = tenure.AccountId,
            repayment.Amount.Amount,
            repayment.Amount.Currency,
            repayment.PaidOn,
            overBalance = repayment.Amount.Amount > balance,
            repayment.AgencyReference,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }, cancellation);
        await work.AuditAsync("repayment.reported", report);
        await work.EmitAsync(new("repayment.reported", report, tenure.BankId, work.Tenant, id, tenure.AccountId));
        return Answer.Created($"/v1/repayments/{report}", (await Get.ReadAsync(work, report, cancellation))!);
    }

    private static void CheckDay(DateOnly paidOn, Tenure tenure, DateTimeOffset now)
    {
        if (paidOn > LastDay(tenure.TimeZone, now))
        {
            throw RepaymentProblems.InFuture.Refuse();
        }

        // Older money is in the balance that the bank imported, and no work of this agency's.
        if (paidOn < FirstDay(tenure.TimeZone, tenure.OpenedAt))
        {
            throw RepaymentProblems.BeforeTenure.Refuse();
        }

        if (tenure.EndedAt is { } endedAt && paidOn > LastDay(tenure.TimeZone, endedAt))
        {
            throw RepaymentProblems.AfterTenure.Refuse();
        }
    }

    // Where the debtor's zone is no longer known, any that there is on earth will do.
    private static DateOnly FirstDay(string? zone, DateTimeOffset instant) => DayIn(zone, instant, TimeSpan.FromHours(-12));

    private static DateOnly LastDay(string? zone, DateTimeOffset instant) => DayIn(zone, instant, TimeSpan.FromHours(14));

    private static DateOnly DayIn(string? zone, DateTimeOffset instant, TimeSpan otherwise) => DateOnly.FromDateTime(
        (zone is null ? instant.ToOffset(otherwise) : TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(zone))).DateTime);
}

/// <summary>The money to report.</summary>
/// <param name="Amount">How much was paid, in the account's currency.</param>
/// <param name="PaidOn">The day the debtor paid, in the debtor's time zone; not before the case was opened, not after it ended, not in the future.</param>
/// <param name="AgencyReference">The agency's own number for it; up to 64 characters.</param>
public sealed record NewRepayment(Money Amount, DateOnly PaidOn, string? AgencyReference = null)
{
    private sealed class Rules : AbstractValidator<NewRepayment>
    {
        public Rules()
        {
            RuleFor(r => r.Amount).MustBePositiveMoney();
            RuleFor(r => r.AgencyReference).MaximumLength(64);
        }
    }
}
