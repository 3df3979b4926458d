using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Figures;

/// <summary>A case as figures see it, put together from harbour's lists alone.</summary>
/// <param name="Money">What was recovered on which day; what went back is negative.</param>
internal sealed record Fact(
    Case Case, string Currency, long Placed, int Records, int Reached, bool IsPromised, bool IsKept, IReadOnlyList<(DateOnly Day, long Amount)> Money)
{
    public long Recovered => Money.Sum(money => money.Amount);

    /// <summary>Every case of harbour's that was not placed in error.</summary>
    public static async Task<List<Fact>> OfAsync(Story story)
    {
        var bank = story.Harbour;
        var assignments = (await bank.Assignments.ListPageAsync(1000)).Items.Where(a => a.State != AssignmentState.Voided).ToDictionary(a => a.Id);
        var records = (await bank.ContactRecords.ListPageAsync(1000)).Items.Where(r => r.SupersededBy is null).ToLookup(r => r.CaseId);
        var promises = (await bank.Promises.ListPageAsync(1000)).Items.Where(p => p.State != PromiseState.Cancelled).ToLookup(p => p.CaseId);
        var money = (await MoneyAsync(bank)).ToLookup(m => m.Case, m => (m.Day, m.Amount));
        List<Fact> facts = [];
        foreach (var @case in (await bank.AllCasesAsync()).Where(c => assignments.ContainsKey(c.AssignmentId)))
        {
            // What was owed just before it was assigned: the ledger says it of any instant.
            var placed = (await bank.Accounts.GetBalanceAsync(@case.Account.Id, assignments[@case.AssignmentId].SubmittedAt)).Balance.Total;
            facts.Add(new(
                @case, placed.Currency, placed.Amount, records[@case.Id].Count(), records[@case.Id].Count(IsRightParty), promises[@case.Id].Any(),
                promises[@case.Id].Any(p => p.State == PromiseState.Kept), [.. money[@case.Id]]));
        }

        return facts;
    }

    private static bool IsRightParty(ContactRecord record) =>
        record.Party != Party.RelatedContact && record.Outcome != Outcome.NoAnswer && record.Outcome != Outcome.ThirdPartySpoke;

    // What was reversed names no case any more; here it was that of the report.
    // One money is what is linked: it comes with the first record of it that a case was given, and goes with the last that is reversed.
    private static async Task<List<(Guid Case, DateOnly Day, long Amount)>> MoneyAsync(Side bank)
    {
        var came = new Dictionary<Guid, DateTimeOffset>();
        var went = new Dictionary<Guid, DateTimeOffset>();
        await foreach (var happened in bank.Events.ListAsync())
        {
            var into = happened.Type switch { "repayment.confirmed" or "direct_payment.booked" => came, "repayment.reversed" or "direct_payment.reversed" => went, _ => null };
            into?.Add(happened.Subject.Id, happened.OccurredAt);
        }

        var records = (await bank.Repayments.ListPageAsync(1000)).Items.Where(p => came.ContainsKey(p.Id))
            .Select(p => (p.Id, p.SameAs, Case: p.State == RepaymentState.Reversed ? p.CaseId : p.AttributedCaseId, Amount: p.Amount.Amount - (p.Overpaid?.Amount ?? 0)))
            .Concat((await bank.DirectPayments.ListPageAsync(1000)).Items.Select(p => (p.Id, p.SameAs, Case: p.AttributedCaseId, Amount: p.Amount.Amount - (p.Overpaid?.Amount ?? 0))))
            .Where(record => record.Case is not null)
            .ToDictionary(record => record.Id);
        Guid First(Guid id) => records[id].SameAs is { } same && records.ContainsKey(same) ? First(same) : id;
        List<(Guid, DateOnly, long)> money = [];
        foreach (var one in records.Values.GroupBy(record => First(record.Id)))
        {
            var first = records[one.Key];
            money.Add((first.Case!.Value, Day(came[first.Id]), first.Amount));
            if (one.All(record => went.ContainsKey(record.Id)))
            {
                money.Add((first.Case!.Value, Day(one.Max(record => went[record.Id])), -first.Amount));
            }
        }

        return money;
    }

    private static DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);
}
