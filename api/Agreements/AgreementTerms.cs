using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Agency.Api.Accounts;
using Agency.Api.ContactRecords;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.RulePacks;
using Agency.Api.SettlementProposals;

namespace Agency.Api.Agreements;

/// <summary>Which law the contacts are held to.</summary>
public enum RulePackCode
{
    /// <summary>China.</summary>
    Cn,

    /// <summary>United States.</summary>
    Us,

    /// <summary>China, for a bank that is a consumer finance company: records are kept longer.</summary>
    CnConsumerFinance,
}

/// <summary>Whose money it is that is paid around the end of a case.</summary>
public enum Attribution
{
    /// <summary>The case's in whose tenure the day of the payment falls, whoever brought it to light.</summary>
    PaidInTenure,

    /// <summary>The case's whose agency reported it, while the case was open or within the late-report days after; nobody's when nobody did.</summary>
    ReportedInWindow,
}

/// <summary>An account of the bank's own that debtors may pay into; money goes nowhere else.</summary>
/// <param name="Code">The bank's own word for it, which stays the same; 1 to 40 of a–z, 0–9, _ and -.</param>
/// <param name="Name">What a debtor is told; 1 to 100 characters.</param>
/// <param name="Account">The account's number, or the address of the payment page; 1 to 200 characters.</param>
public sealed record RepaymentChannel(string Code, string Name, string Account);

/// <summary>The agency's fee on confirmed money, by how long overdue the account was when it was assigned.</summary>
/// <param name="Cycle">M1 to M6, M7+.</param>
/// <param name="BasisPoints">Hundredths of a per cent of the money; 0 to 10,000.</param>
/// <param name="Tiers">Other rates for what a statement's money in this cycle has above an amount; absent when one rate holds for all of it.</param>
public sealed record CommissionRate(string Cycle, int BasisPoints, IReadOnlyList<CommissionTier>? Tiers = null);

/// <summary>A step of a rate: what lies above the amount earns it, what lies below keeps the rate of the step below.</summary>
/// <param name="Above">The statement's money in the cycle from which on the rate holds; money in other currencies is not counted and has its own steps.</param>
/// <param name="BasisPoints">Hundredths of a per cent of the money above; 0 to 10,000.</param>
public sealed record CommissionTier(Money Above, int BasisPoints);

/// <summary>What a cap on commission is for.</summary>
public enum CommissionCapKind
{
    /// <summary>All that one account earns the agency, from its assignment to its end.</summary>
    Account,

    /// <summary>All that the agreement's money earns in one statement.</summary>
    Statement,
}

/// <summary>The most commission that is paid, in one currency.</summary>
/// <param name="Per">What it is the most for.</param>
/// <param name="Amount">The most; money in other currencies has its own cap or none.</param>
public sealed record CommissionCap(CommissionCapKind Per, Money Amount);

/// <summary>The largest concession of one kind.</summary>
/// <param name="Kind">The kind of settlement proposal.</param>
/// <param name="BasisPoints">The most that may be waived, in hundredths of a per cent of the balance; 0 to 10,000.</param>
public sealed record DiscountLimit(SettlementKind Kind, int BasisPoints);

/// <summary>What a bank and an agency agreed on. An assignment keeps the version that stood when it was submitted.</summary>
/// <param name="RulePack">Which law the contacts are held to.</param>
/// <param name="NoticeDays">How many days pass between the notice of a recall and the recall; 0 to 90.</param>
/// <param name="LateReportDays">How many days after a case's end the agency may still report what happened in its tenure; 0 to 90.</param>
/// <param name="PromiseGraceDays">How many days after its date a promise is not yet broken; 0 to 30.</param>
/// <param name="AllowedChannels">How the agency may seek contact.</param>
/// <param name="RepaymentChannels">The bank's accounts that money may be paid into.</param>
/// <param name="CommissionRates">The agency's fee by cycle; no fee for a cycle that is not listed.</param>
/// <param name="CommissionCaps">The most commission for an account or a statement; no cap that is not listed.</param>
/// <param name="DiscountLimits">The largest concession by kind of settlement proposal; no limit for a kind that is not listed.</param>
/// <param name="MaxInstalments">The most monthly instalments of a plan; 1 to 60 (CN-PLAN-01).</param>
/// <param name="LeastAmount">The least that a settlement may bring in; no least amount when absent.</param>
/// <param name="InstalmentGraceDays">How many days after its date a payment of a plan does not yet put the plan in default; 0 to 90.</param>
/// <param name="SecondApprovalAbove">A concession above this amount needs two different approvers; one is enough when absent.</param>
/// <param name="AllocationOrder">Which bucket of the debt money fills first, second and last; each of the three once.</param>
/// <param name="Attribution">Whose money it is that is paid around the end of a case.</param>
public sealed record AgreementTerms(
    RulePackCode RulePack, int NoticeDays, int LateReportDays, int PromiseGraceDays, IReadOnlyList<Channel> AllowedChannels,
    IReadOnlyList<RepaymentChannel> RepaymentChannels, IReadOnlyList<CommissionRate> CommissionRates, IReadOnlyList<CommissionCap> CommissionCaps,
    IReadOnlyList<DiscountLimit> DiscountLimits, int MaxInstalments, Money? LeastAmount, int InstalmentGraceDays, Money? SecondApprovalAbove, IReadOnlyList<Bucket> AllocationOrder, Attribution Attribution)
{
    private static readonly Sql OfAssignment = new("""
        SELECT v.terms
        FROM assignment AS s
        INNER JOIN agreement_version AS v ON v.bank_id = s.bank_id AND v.agreement_id = s.agreement_id AND v.version = s.agreement_version
        WHERE s.bank_id = @bank AND s.id = @assignment
        """);

    private static readonly Sql OfCase = new("""
        SELECT v.terms
        FROM [case] AS c
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        INNER JOIN agreement_version AS v ON v.bank_id = s.bank_id AND v.agreement_id = s.agreement_id AND v.version = s.agreement_version
        WHERE c.bank_id = @bank AND c.id = @case
        """);

    // Versions are kept for good: a member that was not there yet has its default, one that is no longer known is passed over.
    private static readonly JsonSerializerOptions Kept = new(Json.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    // A version never changes, and its cases ask for it with each contact: read once, it is known by its text.
    private const int KnownAtMost = 1000;
    private static readonly ConcurrentDictionary<string, AgreementTerms> Known = new(StringComparer.Ordinal);

    /// <summary>How long the private data of a case is kept after it.</summary>
    internal RecordRetention Retention => RuleBook.Of(Words.Of(RulePack)).Retention;

    internal string Write() => JsonSerializer.Serialize(this, Kept);

    internal static AgreementTerms Read(string text)
    {
        if (!Known.TryGetValue(text, out var terms))
        {
            terms = (JsonSerializer.Deserialize<NewAgreementTerms>(text, Kept) ?? new()).Complete();
            if (Known.Count >= KnownAtMost)
            {
                Known.Clear();
            }

            Known[text] = terms;
        }

        return terms;
    }

    /// <summary>The terms that an assignment runs under.</summary>
    internal static async Task<AgreementTerms> OfAssignmentAsync(Work work, int bank, Id assignment) =>
        Read(await work.Db.FindAsync<string>(OfAssignment, new { bank, assignment }) ?? throw AgreementProblems.NotFound.Refuse());

    /// <summary>The terms that a case runs under, or ran under.</summary>
    internal static async Task<AgreementTerms> OfCaseAsync(Work work, int bank, Id @case) =>
        Read(await work.Db.FindAsync<string>(OfCase, new { bank, @case }) ?? throw AgreementProblems.NotFound.Refuse());
}
