using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Repayments;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Waivers;

/// <summary>
/// A bank forgives a part of a debt of its own accord, whether an agency works it or not: a fee that should not have been, interest that is not
/// worth pursuing. The agency reads it in the ledger, and earns nothing on it.
/// </summary>
internal static class Grant
{
    private static readonly Sql Insert = new("""
        INSERT INTO waiver (bank_id, id, account_id, currency, principal, interest, fees, effective_on, reason_cipher, person_id, client_id, granted_at)
        VALUES (@tenant, @id, @account, @currency, @principal, @interest, @fees, @effectiveOn, @reason, @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder ofAccount) => ofAccount.MapPost("/", HandleAsync)
        .Describe("Waivers_Create", Scopes.WaiversWrite, "Grant a waiver", "The bank forgives a part of a debt of its own accord. The balance is lower at once, by what is named of each bucket; an account on which nothing is left is resolved, and an open case closes. What a settlement forgives is granted by the proposal instead.")
        .Returns<Waiver>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, WaiverProblems.WrongCurrency, WaiverProblems.InFuture, WaiverProblems.InFigures, WaiverProblems.AccountResolved,
            WaiverProblems.OverBalance)
        .On(Accounts.Get.ReadAsync, AccountProblems.NotFound);

    private static async Task<Answer<Waiver>> HandleAsync(Id id, NewWaiver waiver, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var account = await LockedAccount.ReadAsync(work, id);
        var parts = new Allocation(waiver.Principal?.Amount ?? 0, waiver.Interest?.Amount ?? 0, waiver.Fees?.Amount ?? 0);
        Check(account, waiver, parts);
        var effectiveOn = await DayAsync(work, account, waiver.EffectiveOn, cancellation);
        var granted = work.NewId();
        await work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            id = granted,
            account = id,
            account.Currency,
            parts.Principal,
            parts.Interest,
            parts.Fees,
            effectiveOn,
            reason = work.PrivateFields.Encrypt(work.Tenant, "waiver", "reason_cipher", granted, waiver.Reason),
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }, cancellation);
        await work.AuditAsync("waiver.granted", granted);
        await work.EmitAsync(new("waiver.granted", granted, work.Tenant, null, null, id));
        account = await Ledger.PostAsync(work, account, [new(new(LedgerCause.Waiver, granted), LedgerKind.Waiver, default(Allocation) - parts, effectiveOn)]);
        await Completion.ResolveIfPaidAsync(work, account, cancellation);
        return Answer.Created($"/v1/waivers/{granted}", (await Get.ReadAsync(work, granted, cancellation))!);
    }

    private static void Check(LockedAccount account, NewWaiver waiver, Allocation parts)
    {
        if (waiver.Parts.Any(part => part.Currency != account.Currency))
        {
            throw WaiverProblems.WrongCurrency.Refuse();
        }

        if (account.State == Words.Of(AccountState.Resolved))
        {
            throw WaiverProblems.AccountResolved.Refuse();
        }

        if (Allocation.DefaultOrder.Any(bucket => parts[bucket] > account.Owed[bucket]))
        {
            throw WaiverProblems.OverBalance.Refuse();
        }
    }

    // What counts from a day that the bank's figures speak of is in them: it would change nothing, or count twice.
    private static async Task<DateOnly> DayAsync(Work work, LockedAccount account, DateOnly? asked, CancellationToken cancellation)
    {
        var first = account.RefreshedOn?.AddDays(1) ?? await account.FirstFiguresOnAsync(work, cancellation);
        var today = DateOnly.FromDateTime(work.Now.UtcDateTime);
        if (asked is not { } day)
        {
            return first > today ? first : today;
        }

        if (day < first)
        {
            throw WaiverProblems.InFigures.Refuse();
        }

        // The bank's day, wherever the bank is; after figures of today it is tomorrow.
        return day <= Report.LastDay(null, work.Now) || day == first ? day : throw WaiverProblems.InFuture.Refuse();
    }
}

/// <summary>The waiver to grant: at least one of the three sums.</summary>
/// <param name="Reason">Why; 1 to 400 characters, encrypted at rest, for the bank alone.</param>
/// <param name="Principal">What is forgiven of the principal, in the account's currency; no more than is owed of it.</param>
/// <param name="Interest">What is forgiven of the interest.</param>
/// <param name="Fees">What is forgiven of the fees.</param>
/// <param name="EffectiveOn">The day it counts from in the bank's books: later than that of the bank's last figures, and not in the future. Absent, the first such day from today on.</param>
public sealed record NewWaiver(string Reason, Money? Principal = null, Money? Interest = null, Money? Fees = null, DateOnly? EffectiveOn = null)
{
    internal IEnumerable<Money> Parts => new[] { Principal, Interest, Fees }.OfType<Money>();

    private sealed class Rules : AbstractValidator<NewWaiver>
    {
        public Rules()
        {
            RuleFor(w => w.Reason).NotEmpty().MaximumLength(400);
            RuleFor(w => w.Principal).Must((waiver, _) => waiver.Parts.Any()).WithErrorCode("not_empty").WithMessage("At least one of principal, interest and fees.");
            When(w => w.Principal is not null, () => RuleFor(w => w.Principal!).MustBePositiveMoney());
            When(w => w.Interest is not null, () => RuleFor(w => w.Interest!).MustBePositiveMoney());
            When(w => w.Fees is not null, () => RuleFor(w => w.Fees!).MustBePositiveMoney());
        }
    }
}
