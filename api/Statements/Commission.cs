using Agency.Api.Accounts;
using Agency.Api.Agreements;
using Agency.Api.Data;

namespace Agency.Api.Statements;

/// <summary>A part of a line's money and the rate that holds for it.</summary>
/// <param name="Tier">0 for the rate of the cycle itself, 1 for its first tier, and so on.</param>
/// <param name="BasisPoints">Hundredths of a per cent.</param>
/// <param name="Amount">The part, in minor units.</param>
internal sealed record Piece(int Tier, int BasisPoints, long Amount);

/// <summary>What one posting earns, and how.</summary>
/// <param name="BasisPoints">The rate of the cycle; null when the agreement lists none.</param>
/// <param name="IsUndone">It was confirmed and reversed within one statement: both lines are there and earn nothing.</param>
internal sealed record Earning(
    Posting Posting, int? BasisPoints, IReadOnlyList<Piece> Pieces, long Earned, long AccountCapTaken, long StatementCapTaken, bool IsUndone)
{
    public long Commission => Earned - AccountCapTaken - StatementCapTaken;

    public int Cycle => DaysPastDue.CycleNumber(Posting.DaysPastDue);
}

/// <summary>
/// Works out what the postings of one statement earn, one after the other in the order of the decisions. The rate is the
/// agreement's, in the version that the assignment keeps, for the cycle the account was in when it was assigned.
/// </summary>
/// <remarks>
/// Tiers are marginal: what a statement's money of one agreement and cycle has above a step earns the step's rate, and nothing
/// changes for what lies below. A line is rounded once, to the minor unit, half away from zero. Then the account's cap is taken
/// off, then the statement's. A reversal takes back what the money's own line earned, to the minor unit.
/// </remarks>
internal sealed class Commission(string currency, Func<Id, int, AgreementTerms> termsOf, IReadOnlyDictionary<Id, long> earnedBefore)
{
    private const decimal Whole = 10_000;

    // What the statement's money has reached so far, by agreement and cycle; what its cases and its agreements have earned.
    private readonly Dictionary<(Id Agreement, int Cycle), long> reached = [];
    private readonly Dictionary<Id, long> earnedByCase = new(earnedBefore);
    private readonly Dictionary<Id, long> earnedByAgreement = [];
    private Dictionary<Id, long?> statementCaps = [];

    public IReadOnlyList<Earning> Of(IReadOnlyList<Posting> postings)
    {
        var confirmed = postings.Where(p => !p.IsReversal).Select(p => p.Payment).ToHashSet();
        var undone = postings.Where(p => p.IsReversal && confirmed.Contains(p.Payment)).Select(p => p.Payment).ToHashSet();

        // Where an agreement changed, the cap of its latest version in the statement holds.
        statementCaps = postings.GroupBy(p => p.AgreementId).ToDictionary(of => of.Key, of => CapOf(termsOf(of.Key, of.Max(p => p.AgreementVersion)), CommissionCapKind.Statement));
        return [.. postings.Select(posting => undone.Contains(posting.Payment) ? Nothing(posting) : posting.IsReversal ? TakeBack(posting) : Earn(posting))];
    }

    /// <summary>Rounds to the minor unit, half away from zero.</summary>
    public static long Round(IEnumerable<Piece> pieces) =>
        (long)Math.Round(pieces.Sum(piece => (decimal)piece.Amount * piece.BasisPoints) / Whole, MidpointRounding.AwayFromZero);

    private static Earning Nothing(Posting posting) => new(posting, null, [], 0, 0, 0, IsUndone: true);

    private Earning TakeBack(Posting posting)
    {
        var back = -(posting.OriginalCommission ?? 0);
        earnedByCase[posting.CaseId] = earnedByCase.GetValueOrDefault(posting.CaseId) + back;
        return new Earning(posting, null, [], back, 0, 0, IsUndone: false);
    }

    private Earning Earn(Posting posting)
    {
        var terms = termsOf(posting.AgreementId, posting.AgreementVersion);
        var cycle = DaysPastDue.CycleNumber(posting.DaysPastDue);
        var rate = terms.CommissionRates.FirstOrDefault(r => r.Cycle == DaysPastDue.CycleName(cycle));
        IReadOnlyList<Piece> pieces = rate is null ? [] : Cut(posting.Money, rate, (posting.AgreementId, cycle));
        var earned = Round(pieces);

        var overAccount = Over(earned, CapOf(terms, CommissionCapKind.Account), earnedByCase.GetValueOrDefault(posting.CaseId));
        var overStatement = Over(earned - overAccount, statementCaps[posting.AgreementId], earnedByAgreement.GetValueOrDefault(posting.AgreementId));
        var earning = new Earning(posting, rate?.BasisPoints, pieces, earned, overAccount, overStatement, IsUndone: false);
        earnedByCase[posting.CaseId] = earnedByCase.GetValueOrDefault(posting.CaseId) + earning.Commission;
        earnedByAgreement[posting.AgreementId] = earnedByAgreement.GetValueOrDefault(posting.AgreementId) + earning.Commission;
        return earning;
    }

    // The money lies on a line from where the statement has got to; the tiers cut it.
    private List<Piece> Cut(long money, CommissionRate rate, (Id Agreement, int Cycle) of)
    {
        var from = reached.GetValueOrDefault(of);
        var to = reached[of] = checked(from + money);
        var tiers = (rate.Tiers ?? []).Where(tier => tier.Above.Currency == currency).OrderBy(tier => tier.Above.Amount).ToList();
        List<Piece> pieces = [];
        for (var tier = 0; tier <= tiers.Count; tier++)
        {
            var (low, points) = tier == 0 ? (0, rate.BasisPoints) : (tiers[tier - 1].Above.Amount, tiers[tier - 1].BasisPoints);
            var high = tier == tiers.Count ? long.MaxValue : tiers[tier].Above.Amount;
            var part = Math.Min(to, high) - Math.Max(from, low);
            if (part > 0)
            {
                pieces.Add(new Piece(tier, points, part));
            }
        }

        return pieces;
    }

    private long? CapOf(AgreementTerms terms, CommissionCapKind kind) =>
        terms.CommissionCaps.FirstOrDefault(cap => cap.Per == kind && cap.Amount.Currency == currency)?.Amount.Amount;

    private static long Over(long earned, long? cap, long before) => cap is { } most ? earned - Math.Min(earned, Math.Max(0, most - before)) : 0;
}
