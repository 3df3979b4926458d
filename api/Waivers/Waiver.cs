using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Waivers;

/// <summary>Where a waiver stands.</summary>
public enum WaiverState
{
    /// <summary>The balance is lower by it.</summary>
    Granted,

    /// <summary>The bank took it back; the balance is as if it had never been.</summary>
    Reversed,
}

/// <summary>
/// A part of a debt that the bank forgives of its own accord (an internal waiver). What it concedes to a debtor by a settlement is no
/// waiver of this kind: that is the proposal's, and its ledger entries name the proposal.
/// </summary>
/// <param name="Id">The waiver.</param>
/// <param name="AccountId">The account it is for.</param>
/// <param name="AccountNumber">The bank's number of the account.</param>
/// <param name="Principal">What is forgiven of the principal.</param>
/// <param name="Interest">What is forgiven of the interest.</param>
/// <param name="Fees">What is forgiven of the fees.</param>
/// <param name="Total">What is forgiven in all.</param>
/// <param name="EffectiveOn">The day it counts from; figures of the bank's of that day or later have it in them.</param>
/// <param name="Reason">Why it was granted.</param>
/// <param name="State">Where it stands.</param>
/// <param name="GrantedAt">When it was granted.</param>
/// <param name="ReversedAt">When it was taken back.</param>
/// <param name="ReversalReason">Why it was taken back.</param>
public sealed record Waiver(
    Id Id, Id AccountId, string AccountNumber, Money Principal, Money Interest, Money Fees, Money Total, DateOnly EffectiveOn, string Reason, WaiverState State,
    DateTimeOffset GrantedAt, DateTimeOffset? ReversedAt, string? ReversalReason);

/// <summary>What can be wrong with a waiver.</summary>
public static class WaiverProblems
{
    public static readonly Problem NotFound = new("waiver.not_found", 404, "There is no such waiver.", "减免不存在。");
    public static readonly Problem WrongCurrency = new("waiver.wrong_currency", 422, "The account is in another currency.", "币种与账户币种不一致。");
    public static readonly Problem OverBalance = new("waiver.over_balance", 409, "More is to be forgiven than is owed.", "减免金额超过欠款。");
    public static readonly Problem InFuture = new("waiver.in_future", 422, "The waiver is dated in the future.", "减免生效日期不能是将来。");
    public static readonly Problem InFigures = new("waiver.in_figures", 422, "The bank's figures are of that day or later and have it in them: date the waiver later, or send other figures.", "委托方数据的基准日不早于该生效日，已包含此减免：请将生效日改为之后，或重新报送数据。");
    public static readonly Problem AccountResolved = new("waiver.account_resolved", 409, "Nothing is left to collect on the account.", "该账户已结清，无可减免。");
    public static readonly Problem IsReversed = new("waiver.is_reversed", 409, "The waiver is reversed already.", "减免已撤销。");
}

internal static class WaiverRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var ofAccount = v1.MapGroup("/accounts/{id}/waivers").WithTags("Waivers");
        Grant.Map(ofAccount);
        List.MapOfAccount(ofAccount);

        var waivers = v1.MapGroup("/waivers").WithTags("Waivers");
        List.Map(waivers);
        Get.Map(waivers);
        Reverse.Map(waivers);
    }
}

/// <summary>A waiver as stored.</summary>
internal sealed record WaiverRow(
    Id Id, int BankId, Id AccountId, string Currency, long Principal, long Interest, long Fees, DateOnly EffectiveOn, byte[] ReasonCipher, DateTimeOffset GrantedAt,
    DateTimeOffset? ReversedAt, string? ReversalReason, string AccountNumber)
{
    public const string Columns = """
        w.id, w.bank_id, w.account_id, w.currency, w.principal, w.interest, w.fees, w.effective_on, w.reason_cipher, w.granted_at, w.reversed_at, w.reversal_reason,
        a.account_number
        """;

    public const string Tables = """
        waiver AS w
        INNER JOIN account AS a ON a.bank_id = w.bank_id AND a.id = w.account_id
        """;

    public Allocation Parts => new(Principal, Interest, Fees);

    public Cause Cause => new(LedgerCause.Waiver, Id);

    public Waiver View(Work work) => new(
        Id, AccountId, AccountNumber, new Money(Principal, Currency), new Money(Interest, Currency), new Money(Fees, Currency), new Money(Parts.Total, Currency), EffectiveOn,
        work.PrivateFields.DecryptUnlessErased(BankId, "waiver", "reason_cipher", Id, ReasonCipher), ReversedAt is null ? WaiverState.Granted : WaiverState.Reversed, GrantedAt, ReversedAt, ReversalReason);
}
