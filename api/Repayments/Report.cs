using Agency.Api.Agreements;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Repayments;

/// <summary>
/// An agency reports money that was paid: for some days also after the case has ended, if it was paid before, or later too where the
/// agreement attributes money to who reports it. The balance moves once the bank confirms it.
/// </summary>
internal static class Report
{
    private static readonly Sql Insert = new("""
        INSERT INTO repayment (bank_id, id, agency_id, case_id, account_id, amount, currency, paid_on, over_balance, agency_reference, person_id, client_id, reported_at,
            channel, payer, payer_consent, payer_cipher)
        VALUES (@bank, @id, @tenant, @case, @account, @amount, @currency, @paidOn, @overBalance, @agencyReference, @person, @client, @now,
            @channel, @payer, @payerConsent, @payerCipher)
        """);

    private static readonly Sql FindBalance = new("SELECT principal + interest + fees FROM account WHERE bank_id = @bank AND id = @account AND (refreshed_on IS NULL OR refreshed_on < @paidOn)");

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapPost("/", HandleAsync)
        .Describe("Repayments_Create", Scopes.RepaymentsWrite, "Report a repayment", "Says that money was paid into one of the bank's repayment channels; cash and any other account are refused (CN-CASH-01). Any positive amount in the account's currency is taken; more than is owed is flagged. A case that has ended takes late reports of money paid before its end, for as many days as the agreement says, and of money paid within them where the agreement attributes it to who reports it; after them it does not exist for the agency.")
        .Returns<Repayment>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, RepaymentProblems.WrongCurrency, RepaymentProblems.ChannelNotListed, RepaymentProblems.InFuture, RepaymentProblems.BeforeTenure, RepaymentProblems.AfterTenure)
        .On(Tenure.ReadSubjectAsync, CaseProblems.NotFound);

    private static async Task<Answer<Repayment>> HandleAsync(Id id, NewRepayment repayment, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var tenure = await Tenure.RequireAsync(work, id, cancellation);
        if (repayment.Amount.Currency != tenure.Currency)
        {
            throw RepaymentProblems.WrongCurrency.Refuse();
        }

        var terms = await AgreementTerms.OfCaseAsync(work, tenure.BankId, id);
        CheckChannel(repayment.Channel, terms);
        CheckDay(repayment.PaidOn, tenure, terms.Attribution, work.Now);

        // After the end the account is not shown any more: what was owed can't be known. Nor is money over the balance that the
        // bank's figures have already.
        var balance = await work.Db.FindAsync<long?>(FindBalance, new { bank = tenure.BankId, account = tenure.AccountId, repayment.PaidOn }, cancellation);
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
            repayment.Channel,
            payer = Words.Of(repayment.Payer),
            payerConsent = repayment.PayerConsent,

            // Under the bank's key, whoever wrote it.
            payerCipher = repayment.PayerName is { } name ? work.PrivateFields.Encrypt(tenure.BankId, "repayment", "payer_cipher", report, name) : null,
        }, cancellation);
        await work.AuditAsync("repayment.reported", report);
        await work.EmitAsync(new("repayment.reported", report, tenure.BankId, work.Tenant, id, tenure.AccountId));
        return Answer.Created($"/v1/repayments/{report}", (await Get.ReadAsync(work, report, cancellation))!);
    }

    // CN-CASH-01: no cash, no collector's own account: only the bank's listed repayment channels.
    private static void CheckChannel(string? channel, AgreementTerms terms)
    {
        if (channel is null ? terms.RepaymentChannels.Count > 0 : terms.RepaymentChannels.All(listed => listed.Code != channel))
        {
            throw terms.RulePack is RulePackCode.Cn or RulePackCode.CnConsumerFinance ? RepaymentProblems.ChannelNotListed.RefuseBy("CN-CASH-01") : RepaymentProblems.ChannelNotListed.Refuse();
        }
    }

    private static void CheckDay(DateOnly paidOn, Tenure tenure, Attribution attribution, DateTimeOffset now)
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

        if (attribution == Attribution.PaidInTenure && tenure.EndedAt is { } endedAt && paidOn > LastDay(tenure.TimeZone, endedAt))
        {
            throw RepaymentProblems.AfterTenure.Refuse();
        }
    }

    // Where the debtor's zone is no longer known, any that there is on earth will do.
    internal static DateOnly FirstDay(string? zone, DateTimeOffset instant) => DayIn(zone, instant, TimeSpan.FromHours(-12));

    internal static DateOnly LastDay(string? zone, DateTimeOffset instant) => DayIn(zone, instant, TimeSpan.FromHours(14));

    private static DateOnly DayIn(string? zone, DateTimeOffset instant, TimeSpan otherwise) => DateOnly.FromDateTime(
        (zone is null ? instant.ToOffset(otherwise) : TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(zone))).DateTime);
}

/// <summary>The money to report.</summary>
/// <param name="Amount">How much was paid, in the account's currency.</param>
/// <param name="PaidOn">The day it was paid, in the debtor's time zone; not before the case was opened, not in the future, and not after the case ended unless the agreement attributes money to who reports it.</param>
/// <param name="AgencyReference">The agency's own number for it; up to 64 characters.</param>
/// <param name="Channel">The repayment channel that it was paid into, by its code in the agreement; needed where the agreement lists any.</param>
/// <param name="Payer">Who paid.</param>
/// <param name="PayerConsent">A third party has agreed to pay and to its being recorded; needed for one.</param>
/// <param name="PayerName">The third party's name; needed for one, and for nobody else. 1 to 200 characters, kept encrypted.</param>
public sealed record NewRepayment(
    Money Amount, DateOnly PaidOn, string? AgencyReference = null, string? Channel = null, Payer Payer = Payer.Debtor, bool PayerConsent = false, string? PayerName = null)
{
    private sealed class Rules : AbstractValidator<NewRepayment>
    {
        public Rules()
        {
            RuleFor(r => r.Amount).MustBePositiveMoney();
            RuleFor(r => r.AgencyReference).MaximumLength(64);
            RuleFor(r => r.Channel).MaximumLength(40);
            When(r => r.Payer == Payer.ThirdParty, () =>
            {
                RuleFor(r => r.PayerConsent).Equal(true).WithErrorCode("consent.missing");
                RuleFor(r => r.PayerName).NotEmpty().MaximumLength(200);
            }).Otherwise(() => RuleFor(r => r.PayerName).Null());
        }
    }
}
