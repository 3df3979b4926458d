using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Repayments;

/// <summary>An agency reports money that a debtor paid. The balance moves once the bank confirms it.</summary>
internal static class Report
{
    private static readonly Sql Insert = new("""
        INSERT INTO repayment (bank_id, id, agency_id, case_id, account_id, amount, currency, paid_on, over_balance, agency_reference, person_id, client_id, reported_at)
        VALUES (@bank, @id, @tenant, @case, @account, @amount, @currency, @paidOn, @overBalance, @agencyReference, @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapPost("/", HandleAsync)
        .Describe("Repayments_Create", Scopes.RepaymentsWrite, "Report a repayment", "Says that the debtor paid. Any positive amount in the account's currency is taken; more than is owed is flagged.")
        .Returns<Repayment>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, RepaymentProblems.WrongCurrency, RepaymentProblems.InFuture, RepaymentProblems.BeforeTenure)
        .On(Cases.Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<Repayment>> HandleAsync(Id id, NewRepayment repayment, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var (@case, account) = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        if (repayment.Amount.Currency != account.Currency)
        {
            throw RepaymentProblems.WrongCurrency.Refuse();
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById(account.TimeZone);
        if (repayment.PaidOn > DayIn(zone, work.Now))
        {
            throw RepaymentProblems.InFuture.Refuse();
        }

        // Older money is in the balance that the bank imported, and no work of this agency's.
        if (repayment.PaidOn < DayIn(zone, @case.OpenedAt))
        {
            throw RepaymentProblems.BeforeTenure.Refuse();
        }

        var report = work.NewId();
        await work.Db.ExecuteAsync(Insert, new
        {
            bank = @case.BankId,
            id = report,
            tenant = work.Tenant,
            @case = id,
            account = @case.AccountId,
            repayment.Amount.Amount,
            repayment.Amount.Currency,
            repayment.PaidOn,
            overBalance = repayment.Amount.Amount > account.Balance.Total.Amount,
            repayment.AgencyReference,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }, cancellation);
        await work.AuditAsync("repayment.reported", report);
        await work.EmitAsync(new("repayment.reported", report, @case.BankId, work.Tenant, id, @case.AccountId));
        return Answer.Created($"/v1/repayments/{report}", (await Get.ReadAsync(work, report, cancellation))!);
    }

    private static DateOnly DayIn(TimeZoneInfo zone, DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);
}

/// <summary>The money to report.</summary>
/// <param name="Amount">How much was paid, in the account's currency.</param>
/// <param name="PaidOn">The day the debtor paid, in the debtor's time zone; not before the case was opened, not in the future.</param>
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
