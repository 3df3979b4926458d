using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Accounts;

/// <summary>Where an account stands.</summary>
public enum AccountState
{
    /// <summary>Can be assigned.</summary>
    Eligible,

    /// <summary>An agency has an open case for it.</summary>
    Placed,

    /// <summary>Nothing is left to collect; the resolution says why.</summary>
    Resolved,
}

/// <summary>Why nothing is left to collect on an account.</summary>
public enum Resolution
{
    /// <summary>All was paid, but for fees and interest that the bank let go of its own accord.</summary>
    PaidInFull,

    /// <summary>What was left was forgiven: by a settlement, or principal by the bank itself.</summary>
    SettledInFull,

    /// <summary>A repayment plan was performed.</summary>
    PlanCompleted,

    /// <summary>The bank pursues it no more.</summary>
    WrittenOff,

    /// <summary>It is another's now.</summary>
    Sold,

    /// <summary>Nothing can be got.</summary>
    Uncollectible,
}

/// <summary>The debtor as shown with an account or a case: masked. The whole is revealed by a logged action.</summary>
/// <param name="Id">The debtor.</param>
/// <param name="Reference">The bank's own number for the debtor; once erased, one made of the id.</param>
/// <param name="Name">Masked: the first character; whole in a list with view=full. Empty once erased.</param>
/// <param name="IdNumber">Masked, always: the last four characters. Absent once erased.</param>
/// <param name="TimeZone">IANA name; rules about hours use it.</param>
/// <param name="ErasedAt">When the bank erased the debtor; what names a person is gone for good.</param>
public sealed record Debtor(Id Id, string Reference, string Name, string? IdNumber, string TimeZone, DateTimeOffset? ErasedAt);

/// <summary>One overdue debt of a bank's.</summary>
/// <param name="Id">The account.</param>
/// <param name="PortfolioId">The portfolio it came in; the bank alone sees it.</param>
/// <param name="AccountNumber">The bank's number, unique at the bank.</param>
/// <param name="Product">The bank's word for the kind of debt.</param>
/// <param name="City">The city that the bank counts it to.</param>
/// <param name="CreditLimit">The limit granted, where there was one.</param>
/// <param name="OldestDueDate">The date of the oldest unpaid amount.</param>
/// <param name="DaysPastDue">Days since then, today.</param>
/// <param name="Cycle">Thirty-day bucket of the days past due: M1 to M6, M7+, or M0 when nothing is overdue.</param>
/// <param name="Balance">What is owed now.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Resolution">Why nothing is left to collect, once resolved.</param>
/// <param name="AsOf">The day of the bank's last figures for it; money that was paid later is taken off them.</param>
/// <param name="Debtor">Who owes it.</param>
public sealed record Account(
    Id Id, Id? PortfolioId, string AccountNumber, string? Product, string? City, Money? CreditLimit, DateOnly OldestDueDate, int DaysPastDue, string Cycle,
    Balance Balance, AccountState State, Resolution? Resolution, DateOnly AsOf, Debtor Debtor);

/// <summary>What can be wrong with an account named in a request.</summary>
public static class AccountProblems
{
    public static readonly Problem NotFound = new("account.not_found", 404, "There is no such account.", "账户不存在。");
}

internal static class AccountRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var accounts = v1.MapGroup("/accounts").WithTags("Accounts");
        List.Map(accounts);
        Get.Map(accounts);
        GetBalance.Map(accounts);
        LedgerEntries.Map(accounts);
        ListLedgerEntries.Map(v1.MapGroup("/ledger-entries").WithTags("LedgerEntries"));
    }
}
