using Agency.Api.Agreements;

namespace Agency.Api.SettlementProposals;

/// <summary>How far an agency's authority goes, by the agreement that its case runs under.</summary>
internal static class Limits
{
    private const int Whole = 10_000;

    /// <summary>Refuses what the agency may not offer.</summary>
    /// <param name="balance">What is owed.</param>
    public static void Check(AgreementTerms agreed, SettlementTerms offered, string currency, long balance)
    {
        if (agreed.LeastAmount is { } least && least.Currency == currency && offered.Amount < least.Amount)
        {
            throw SettlementProposalProblems.BelowLeastAmount.Refuse();
        }

        if (offered.Instalments > agreed.MaxInstalments)
        {
            throw SettlementProposalProblems.TooManyInstalments.Refuse();
        }

        var limit = agreed.DiscountLimits.FirstOrDefault(limit => limit.Kind == offered.Kind);
        if (limit is not null && (Int128)offered.Concession(balance) * Whole > (Int128)limit.BasisPoints * balance)
        {
            throw SettlementProposalProblems.AboveDiscountLimit.Refuse();
        }
    }

    /// <summary>Two different people of the bank have to approve it.</summary>
    public static bool NeedsTwo(AgreementTerms agreed, SettlementTerms offered, string currency, long balance) =>
        agreed.SecondApprovalAbove is { } above && above.Currency == currency && offered.Concession(balance) > above.Amount;
}
