using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Promises;

/// <summary>Where a promise stands; read off the agency's rows, what became of it, and the case.</summary>
public enum PromiseState
{
    /// <summary>The latest of its open case: the one the debtor is held to.</summary>
    Open,

    /// <summary>What was promised was paid by the date, and the bank has it. Money that goes back opens it again.</summary>
    Kept,

    /// <summary>A part of it was paid by the date.</summary>
    PartlyKept,

    /// <summary>The days of grace after its date are over, and nothing was paid in time.</summary>
    Broken,

    /// <summary>The debtor promised anew.</summary>
    Superseded,

    /// <summary>The agency took it back.</summary>
    Cancelled,

    /// <summary>Its case ended while it was open.</summary>
    Lapsed,
}

/// <summary>A debtor's word to pay an amount by a date, as the agency had it. One a case is open at a time.</summary>
/// <param name="Id">The promise.</param>
/// <param name="CaseId">The case it was made under.</param>
/// <param name="AccountId">The account it is for.</param>
/// <param name="Amount">How much the debtor will pay.</param>
/// <param name="DueOn">By which day, in the debtor's time zone.</param>
/// <param name="State">Where it stands.</param>
/// <param name="ContactRecordId">The contact in which it was made.</param>
/// <param name="AgencyReference">The agency's own number for it.</param>
/// <param name="MadeAt">When the agency reported it.</param>
/// <param name="SupersededAt">When the debtor promised anew.</param>
/// <param name="CancelledAt">When the agency took it back.</param>
/// <param name="CancellationReason">Why the agency took it back.</param>
/// <param name="Paid">How much of it was paid in time; once it is kept, partly kept or broken.</param>
/// <param name="OutcomeAt">When it was found to be kept, partly kept or broken.</param>
/// <param name="AccountNumber">The bank's number of the account; to the agency only while its case is open.</param>
public sealed record Promise(
    Id Id, Id CaseId, Id AccountId, Money Amount, DateOnly DueOn, PromiseState State, Id? ContactRecordId, string? AgencyReference,
    DateTimeOffset MadeAt, DateTimeOffset? SupersededAt, DateTimeOffset? CancelledAt, string? CancellationReason, Money? Paid, DateTimeOffset? OutcomeAt, string? AccountNumber);

/// <summary>What can be wrong with a promise.</summary>
public static class PromiseProblems
{
    public static readonly Problem NotFound = new("promise.not_found", 404, "There is no such promise.", "承诺还款不存在。");
    public static readonly Problem WrongCurrency = new("promise.wrong_currency", 422, "The amount is not in the account's currency.", "币种与账户不符。");
    public static readonly Problem DueOnOutOfRange = new("promise.due_on_out_of_range", 422, "The date must be from today to a year from now.", "承诺日期须在今天起一年之内。");
    public static readonly Problem IsKept = new("promise.is_kept", 409, "The promise was kept.", "该承诺已兑现。");
    public static readonly Problem IsPartlyKept = new("promise.is_partly_kept", 409, "The promise was kept in part.", "该承诺已部分兑现。");
    public static readonly Problem IsBroken = new("promise.is_broken", 409, "The promise was broken.", "该承诺已失信。");
    public static readonly Problem IsSuperseded = new("promise.is_superseded", 409, "The debtor has promised anew since.", "该承诺已被新的承诺取代。");
    public static readonly Problem IsCancelled = new("promise.is_cancelled", 409, "The promise is cancelled already.", "承诺已取消。");
    public static readonly Problem IsLapsed = new("promise.is_lapsed", 409, "The promise's case has ended.", "承诺所属案件已结束。");

    /// <summary>The refusal that names the state a promise is in.</summary>
    internal static Problem Is(PromiseState state) => state switch
    {
        PromiseState.Kept => IsKept,
        PromiseState.PartlyKept => IsPartlyKept,
        PromiseState.Broken => IsBroken,
        PromiseState.Superseded => IsSuperseded,
        PromiseState.Cancelled => IsCancelled,
        _ => IsLapsed,
    };
}

internal static class PromiseRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var ofCase = v1.MapGroup("/cases/{id}/promises").WithTags("Promises");
        Make.Map(ofCase);
        List.MapOfCase(ofCase);

        var promises = v1.MapGroup("/promises").WithTags("Promises");
        List.Map(promises);
        Get.Map(promises);
        Cancel.Map(promises);
    }
}

/// <summary>A promise as stored, with what became of it beside it.</summary>
internal sealed record PromiseRow(
    Id Id, int BankId, Id CaseId, Id AccountId, long Amount, string Currency, DateOnly DueOn, Id? ContactRecordId, string? AgencyReference, DateTimeOffset MadeAt,
    DateTimeOffset? SupersededAt, DateTimeOffset? CancelledAt, string? CancellationReason, DateTimeOffset? CaseEndedAt, string? Outcome, long? Paid, DateTimeOffset? DecidedAt, string? AccountNumber)
{
    // The range is one case: of an equal sign SQLite would read all the bank's later promises. Ids sort by time of making: any later promise of the case supersedes, be it cancelled since or not.
    public const string Columns = """
        p.id, p.bank_id, p.case_id, p.account_id, p.amount, p.currency, p.due_on, p.contact_record_id, p.agency_reference, p.made_at,
        (SELECT MIN(n.made_at) FROM promise AS n WHERE n.bank_id = p.bank_id AND n.case_id >= p.case_id AND n.case_id <= p.case_id AND n.id > p.id) AS superseded_at,
        x.cancelled_at, x.reason AS cancellation_reason, c.ended_at AS case_ended_at, o.outcome, o.paid, o.decided_at,
        a.account_number
        """;

    public const string Tables = """
        promise AS p
        INNER JOIN [case] AS c ON c.bank_id = p.bank_id AND c.id = p.case_id
        LEFT JOIN promise_cancellation AS x ON x.bank_id = p.bank_id AND x.promise_id = p.id
        LEFT JOIN promise_outcome AS o ON o.bank_id = p.bank_id AND o.promise_id = p.id
            AND o.number = (SELECT MAX(m.number) FROM promise_outcome AS m WHERE m.bank_id = p.bank_id AND m.promise_id = p.id)
        LEFT JOIN account AS a ON a.bank_id = p.bank_id AND a.id = p.account_id
        """;

    // One that was cancelled had not been superseded: what came after it took nothing's place. Nor does it take the place of one
    // that has its outcome.
    public PromiseState State => (CancelledAt, Verdict, SupersededAt, CaseEndedAt) switch
    {
        (not null, _, _, _) => PromiseState.Cancelled,
        (_, { } verdict, _, _) => verdict,
        (_, _, not null, _) => PromiseState.Superseded,
        (_, _, _, not null) => PromiseState.Lapsed,
        _ => PromiseState.Open,
    };

    private PromiseState? Verdict => Words.ReadOrNull<PromiseState>(Outcome) is { } outcome and not PromiseState.Open ? outcome : null;

    public Promise View() => new(
        Id, CaseId, AccountId, new Money(Amount, Currency), DueOn, State, ContactRecordId, AgencyReference,
        MadeAt, State == PromiseState.Superseded ? SupersededAt : null, CancelledAt, CancellationReason,
        Verdict is null ? null : new Money(Paid!.Value, Currency), Verdict is null ? null : DecidedAt, AccountNumber);
}
