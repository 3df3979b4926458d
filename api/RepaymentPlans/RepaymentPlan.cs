using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.SettlementProposals;

namespace Agency.Api.RepaymentPlans;

/// <summary>Where a repayment plan stands.</summary>
public enum RepaymentPlanState
{
    /// <summary>Agreed. A lump sum or a fee waiver waits for the money, instalments and an extension for the debtor's signature.</summary>
    Approved,

    /// <summary>Instalments or an extension: the debtor has signed, and pays.</summary>
    InForce,

    /// <summary>All was paid in time.</summary>
    Completed,

    /// <summary>A payment was not made in time.</summary>
    Defaulted,

    /// <summary>The last day passed without the signature, or without the money.</summary>
    Expired,
}

/// <summary>Where one payment of a plan stands.</summary>
public enum InstalmentState
{
    /// <summary>To be paid by its date.</summary>
    Due,

    /// <summary>Its date has passed, and a part of it is missing.</summary>
    Late,

    /// <summary>The bank has all of it.</summary>
    Paid,
}

/// <summary>One payment of a plan.</summary>
/// <param name="Number">From 1, by date.</param>
/// <param name="DueOn">Its last day.</param>
/// <param name="Amount">What it is to bring.</param>
/// <param name="Paid">What the bank has of it; money fills the earliest first.</param>
/// <param name="State">Where it stands.</param>
public sealed record Instalment(int Number, DateOnly DueOn, Money Amount, Money Paid, InstalmentState State);

/// <summary>What an approved settlement proposal becomes: it binds the bank whoever has the case, and the next agency reads it too.</summary>
/// <param name="Id">The plan, and the settlement proposal it comes from.</param>
/// <param name="AccountId">The account it is for.</param>
/// <param name="Kind">What was agreed.</param>
/// <param name="Amount">What is to be paid in all.</param>
/// <param name="Waiver">The fees that are waived for it.</param>
/// <param name="Paid">What the bank has of it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Instalments">The payments, by date; a single one where no instalments were agreed.</param>
/// <param name="ApprovedAt">When the bank was bound.</param>
/// <param name="InForceAt">When the debtor's signature was verified.</param>
/// <param name="EndedAt">When it was completed, found in default or expired.</param>
/// <param name="ReinstatedUntil">After a default: what was late can be paid until this day.</param>
public sealed record RepaymentPlan(
    Id Id, Id AccountId, SettlementKind Kind, Money Amount, Money? Waiver, Money Paid, RepaymentPlanState State, IReadOnlyList<Instalment> Instalments,
    DateTimeOffset ApprovedAt, DateTimeOffset? InForceAt, DateTimeOffset? EndedAt, DateOnly? ReinstatedUntil);

/// <summary>What can be wrong with a repayment plan.</summary>
public static class RepaymentPlanProblems
{
    public static readonly Problem NotFound = new("repayment_plan.not_found", 404, "There is no such repayment plan.", "分期协议不存在。");
}

internal static class RepaymentPlanRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        ListOfCase.Map(v1.MapGroup("/cases/{id}/repayment-plans").WithTags("RepaymentPlans"));
        Get.Map(v1.MapGroup("/repayment-plans").WithTags("RepaymentPlans"));
    }
}
