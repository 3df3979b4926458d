using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Support;
using CsCheck;
using static Agency.Tests.CommissionStatements.StatementDeeds;

namespace Agency.Tests.CommissionStatements;

/// <summary>
/// Random months of confirmations and reversals: every statement's money is what the ledger's entries of its month say, and its
/// commission is what a model of a few lines says.
/// </summary>
public sealed class TotalsProperties
{
    private const int Accounts = 8;
    private const int Months = 10;
    private const int Years = 3;
    private const int StatementCap = 30_000;
    private const int AccountCap = 22_000;
    private const long FirstTier = 40_000;
    private const long SecondTier = 90_000;

    // Each month some deeds: an amount on an account, or (from what there is) a reversal.
    private static readonly Gen<(int Account, long Amount, bool Reverse, int Which)[][]> Year = Gen.Select(
        Gen.Int[0, Accounts - 1], Gen.Frequency((4, Gen.Long[1, 30_000]), (1, Gen.Long[90_000, 150_000])), Gen.Frequency((3, Gen.Const(false)), (2, Gen.Const(true))), Gen.Int[0, 1_000])
        .Array[0, 12].Array[Months];

    [Fact]
    public async Task Statements_are_the_ledger_s_sums_and_the_model_s_fees()
    {
        var terms = Terms(Rate("M1", 1_250, (FirstTier, 1_875), (SecondTier, 333)), Rate("M3", 777));
        terms.CommissionCaps = [Cap(CommissionCapKind.Account, AccountCap), Cap(CommissionCapKind.Statement, StatementCap)];

        // One sample of several years, under a fixed seed: the same every run.
        await Year.Array[Years].SampleAsync(
            async years =>
            {
                foreach (var year in years)
                {
                    await using var story = await Story.AtTenantsAsync();
                    var cases = await story.PlaceAsync(terms, Csv());
                    await FollowAsync(story, cases, year);
                }
            },
            seed: "0N0XIzNsQ0O2",
            iter: 1,
            threads: 1);
    }

    private static async Task FollowAsync(Story story, Dictionary<string, Case> cases, (int Account, long Amount, bool Reverse, int Which)[][] year)
    {
        List<(Repayment Money, string Cycle, int Account)> standing = [];
        var model = new Model();
        foreach (var deeds in year)
        {
            foreach (var (account, amount, reverse, which) in deeds)
            {
                if (reverse && standing.Count > 0)
                {
                    var (money, _, _) = standing[which % standing.Count];
                    standing.RemoveAt(which % standing.Count);
                    await story.ReverseAsync(money);
                    model.Reverse(money.Id);
                }
                else if (await story.TryEarnAsync(cases[$"T-{account}"], amount) is { } earned)
                {
                    var cycle = account % 2 == 0 ? "M1" : account % 4 == 1 ? "M2" : "M3";
                    standing.Add((earned, cycle, account));
                    model.Confirm(earned.Id, account, cycle, earned.Amount.Amount - (earned.Overpaid?.Amount ?? 0));
                }

                story.Service.Clock.AdjustTime(story.Service.Clock.GetUtcNow().AddMinutes(1));
            }

            var month = story.Today;
            await story.EndMonthAsync();
            var expected = model.Close();
            var statements = (await story.Harbour.Statements.ListAsync(1000, month: new DateOnly(month.Year, month.Month, 1))).Items;
            Assert.Equal(expected.Lines.Count == 0 ? 0 : 1, statements.Count);
            var ledger = long.Parse(story.Service.Database.Scalar($"SELECT COALESCE(-SUM(amount), 0) FROM base_ledger_entry WHERE kind IN ('repayment', 'reversal') AND created_at LIKE '{month:yyyy-MM}-%'")!, CultureInfo.InvariantCulture);
            Assert.Equal(ledger, statements.Sum(s => s.Amount.Amount));
            if (statements.SingleOrDefault() is { } statement)
            {
                var lines = await story.LinesAsync(statement);
                Assert.Equal(expected.Lines, lines.Select(line => (line.RepaymentId!.Value, line.Amount.Amount, line.Commission.Amount)));
                Assert.Equal(lines.Sum(line => line.Commission.Amount), statement.Commission.Amount);
                Assert.Equal(lines.Count, statement.LineCount);
                Assert.All(lines, line => Assert.Equal(line.Earned.Amount - line.AccountCapTaken.Amount - line.StatementCapTaken.Amount, line.Commission.Amount));
            }
        }
    }

    private static string Csv() => "account_number,debtor_reference,debtor_name,principal,oldest_due_date\n" + string.Concat(Enumerable.Range(0, Accounts).Select(n =>
        string.Create(CultureInfo.InvariantCulture, $"T-{n},TD-{n},Example Debtor,400000,{(n % 2 == 0 ? "2026-02-10" : n % 4 == 1 ? "2026-01-10" : "2025-12-10")}\n")));

    /// <summary>What DECISIONS.md says of commission, as plainly as it can be written.</summary>
    private sealed class Model
    {
        private readonly Dictionary<Guid, (int Account, string Cycle, long Amount, long Commission)> known = [];
        private readonly List<(Guid Id, bool Reversal)> month = [];
        private readonly Dictionary<int, long> paid = [];

        public void Confirm(Guid id, int account, string cycle, long amount)
        {
            known[id] = (account, cycle, amount, 0);
            month.Add((id, false));
        }

        public void Reverse(Guid id) => month.Add((id, true));

        public (List<(Guid Id, long Amount, long Commission)> Lines, long Total) Close()
        {
            List<(Guid, long, long)> lines = [];
            var gone = month.Where(m => m.Reversal && month.Contains((m.Id, false))).Select(m => m.Id).ToHashSet();
            long tiered = 0, stated = 0;
            foreach (var (id, reversal) in month)
            {
                var (account, cycle, amount, before) = known[id];
                var before2 = paid.GetValueOrDefault(account);
                if (gone.Contains(id))
                {
                    lines.Add((id, reversal ? -amount : amount, 0));
                }
                else if (reversal)
                {
                    paid[account] = before2 - before;
                    lines.Add((id, -amount, -before));
                }
                else
                {
                    // Yuan by yuan would be the plainest; three steps are plain enough.
                    decimal fee = 0;
                    if (cycle == "M1")
                    {
                        fee = (Part(tiered, amount, 0, FirstTier) * 12.5m / 100) + (Part(tiered, amount, FirstTier, SecondTier) * 18.75m / 100) + (Part(tiered, amount, SecondTier, long.MaxValue) * 3.33m / 100);
                        tiered += amount;
                    }
                    else if (cycle == "M3")
                    {
                        fee = amount * 7.77m / 100;
                    }

                    var rounded = (long)decimal.Floor(fee + 0.5m);
                    var left = Math.Min(rounded, Math.Max(0, AccountCap - before2));
                    left = Math.Min(left, Math.Max(0, StatementCap - stated));
                    stated += left;
                    paid[account] = before2 + left;
                    known[id] = (account, cycle, amount, left);
                    lines.Add((id, amount, left));
                }
            }

            month.Clear();
            return (lines, lines.Sum(line => line.Item3));
        }

        private static long Part(long from, long amount, long low, long high) => Math.Max(0, Math.Min(from + amount, high) - Math.Max(from, low));
    }
}
