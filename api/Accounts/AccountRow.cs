using System.Globalization;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Accounts;

/// <summary>An account joined with its debtor, as stored; what callers are shown is made here, masks and all.</summary>
internal sealed record AccountRow(
    int AccountBank, Id AccountId, Id PortfolioId, string AccountNumber, string? Product, string? City, string Currency, long? CreditLimit, DateOnly OldestDueDate,
    long Principal, long Interest, long Fees, string AccountState, string? Resolution, DateOnly AsOf,
    Id DebtorId, string DebtorReference, byte[] NameCipher, byte[]? IdNumberCipher, string TimeZone, DateTimeOffset? ErasedAt)
{
    public const string Columns = """
        a.bank_id AS account_bank, a.id AS account_id, a.portfolio_id, a.account_number, a.product, a.city, a.currency, a.credit_limit, a.oldest_due_date,
        a.principal, a.interest, a.fees, a.state AS account_state, a.resolution, COALESCE(a.refreshed_on, a.as_of) AS as_of,
        d.id AS debtor_id, d.reference AS debtor_reference, d.name_cipher, d.id_number_cipher, d.time_zone, d.erased_at
        """;

    public Balance Balance => Api.Balance.Of(Principal, Interest, Fees, Currency);

    public Account View(Work work, bool inFull = false)
    {
        var days = DaysPastDue.On(OldestDueDate, DateOnly.FromDateTime(work.Now.UtcDateTime));
        return new Account(
            AccountId,
            work.Caller.IsBank ? PortfolioId : null,
            AccountNumber,
            Product,
            City,
            CreditLimit is { } limit ? new Money(limit, Currency) : null,
            OldestDueDate,
            days,
            DaysPastDue.Cycle(days),
            Balance,
            Words.Read<AccountState>(AccountState),
            Words.ReadOrNull<Resolution>(Resolution),
            AsOf,
            Debtor(work.PrivateFields, inFull));
    }

    // The id number is masked whatever is asked for: it takes a reveal.
    private Debtor Debtor(PrivateFields fields, bool inFull) => new(
        DebtorId,
        DebtorReference,
        inFull ? Name(fields) : Mask.Name(Name(fields)),
        IdNumber(fields) is { } number ? Mask.IdNumber(number) : null,
        TimeZone,
        ErasedAt);

    public string Name(PrivateFields fields) => fields.DecryptUnlessErased(AccountBank, "debtor", "name_cipher", DebtorId, NameCipher);

    public string? IdNumber(PrivateFields fields) =>
        IdNumberCipher is null ? null : fields.Decrypt(AccountBank, "debtor", "id_number_cipher", DebtorId, IdNumberCipher);
}

/// <summary>How long an account is overdue.</summary>
internal static class DaysPastDue
{
    private const int LastCycle = 7;

    public static int On(DateOnly oldestDueDate, DateOnly today) => Math.Max(0, today.DayNumber - oldestDueDate.DayNumber);

    /// <summary>M1 is 1 to 30 days, M2 31 to 60, … M7+ over 180.</summary>
    public static string Cycle(int days) => CycleName(CycleNumber(days));

    public static int CycleNumber(int days) => Math.Min(LastCycle, (days + 29) / 30);

    /// <summary>Days until the account is in the next cycle; null in the last. One that is not due yet enters M1 the day after it is.</summary>
    public static int? ToNextCycle(DateOnly oldestDueDate, DateOnly today)
    {
        var cycle = CycleNumber(On(oldestDueDate, today));
        return cycle == LastCycle ? null : oldestDueDate.DayNumber + (cycle * 30) + 1 - today.DayNumber;
    }

    public static string CycleName(int cycle) => string.Create(CultureInfo.InvariantCulture, $"M{cycle}{(cycle == LastCycle ? "+" : "")}");
}
