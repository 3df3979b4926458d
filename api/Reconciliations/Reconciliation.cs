namespace Agency.Api.Reconciliations;

/// <summary>What there is of a day between the caller and its banks or agencies, counted and added up, so that two systems can compare.</summary>
/// <param name="Day">The day, in UTC.</param>
/// <param name="Lines">A line a figure, state and currency, in that order; what there is none of has no line.</param>
public sealed record Reconciliation(DateOnly Day, IReadOnlyList<ReconciliationLine> Lines);

/// <summary>One figure of the day.</summary>
/// <param name="Figure">What is counted; the things that were made on the day, unless it says otherwise.</param>
/// <param name="State">The state in which they are now, or the kind of ledger movement; absent where the figure has none.</param>
/// <param name="Count">How many.</param>
/// <param name="Total">What their amounts add up to, where they have one.</param>
public sealed record ReconciliationLine(ReconciliationFigure Figure, string? State, long Count, Money? Total);

/// <summary>What is counted.</summary>
public enum ReconciliationFigure
{
    /// <summary>Cases that were opened on the day.</summary>
    CasesOpened,

    /// <summary>Cases that ended on the day.</summary>
    CasesEnded,

    /// <summary>Cases that are open now.</summary>
    CasesOpen,

    /// <summary>Contact records that were received on the day.</summary>
    ContactRecords,

    /// <summary>Promises that were reported on the day.</summary>
    Promises,

    /// <summary>Repayments that were reported on the day.</summary>
    Repayments,

    /// <summary>Direct payments that were booked on the day; an agency's while the case is open.</summary>
    DirectPayments,

    /// <summary>Settlement proposals that were submitted on the day.</summary>
    SettlementProposals,

    /// <summary>Waivers that the bank granted of its own accord on the day; a bank's alone.</summary>
    Waivers,

    /// <summary>Movements that were posted on the day, opening balances apart; an agency's of its open cases.</summary>
    LedgerEntries,

    /// <summary>Holds that were raised on the day; an agency's in its own open cases.</summary>
    Holds,
}

internal static class ReconciliationRoutes
{
    public static void Map(RouteGroupBuilder v1) => Get.Map(v1.MapGroup("/reconciliation").WithTags("Reconciliations"));
}
