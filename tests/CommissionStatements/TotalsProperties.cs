using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Support;
using CsCheck;
using static Agency.Tests.CommissionStatements.StatementDeeds;

namespace Agency.Tests.CommissionStatements;

/// <summary>
/// Random months of money that is reported, paid to the bank itself, known twice and reversed, and of debts that are settled: what the
/// statements say of each money is what the ledger's entries say, and its commission is what a model of a few lines says; nothing is earned
/// on what is forgiven. Excess that is used up later is in the ledger alone. Refreshes are not played here: figures change what money took off the balance, and no statement.
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

    private enum Deed
    {
        Report,
        PayTheBank,
        KnowAgain,
        Reverse,
        Settle,
        Waive,
    }

    // Each month some deeds: money on an account, or (from what there is) a second record of it, or a reversal.
    private static readonly Gen<(Deed Deed, int Account, long Amount, int Which)[][]> Year = Gen.Select(
        Gen.Frequency((3, Gen.Const(Deed.Report)), (2, Gen.Const(Deed.PayTheBank)), (2, Gen.Const(Deed.KnowAgain)), (3, Gen.Const(Deed.Reverse)), (3, Gen.Const(Deed.Settle)), (1, Gen.Const(Deed.Waive))),
        Gen.Int[0, Accounts - 1],
        Gen.Frequency((4, Gen.Long[1, 30_000]), (1, Gen.Long[90_000, 150_000])),
        Gen.Int[0, 1_000])
        .Array[0, 14].Array[Months];

    [Fact]
    public async Task Statements_are_the_ledger_s_sums_and_the_model_s_fees()
    {
        var terms = Terms(Rate("M1", 1_250, (FirstTier, 1_875), (SecondTier, 333)), Rate("M3", 777));
        terms.CommissionCaps = [Cap(CommissionCapKind.Account, AccountCap), Cap(CommissionCapKind.Statement, StatementCap)];

        // Under a fixed seed: the same every run.
        List<string> forgiven = [];
        foreach (var year in Year.Array[Years].Single(_ => true, "0N0XIzNsQ0O2"))
        {
            await using var story = await Story.AtTenantsAsync();
            var cases = await story.PlaceAsync(terms, Csv());
            await FollowAsync(story, cases, year);
            forgiven.AddRange(Forgiven(story));
        }

        // Settlements were completed and undone, and the bank's own waivers granted; else they were not compared.
        Assert.Equal(["settlement_proposal +", "settlement_proposal -", "waiver -"], forgiven.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    private static async Task FollowAsync(Story story, Dictionary<string, Case> cases, (Deed Deed, int Account, long Amount, int Which)[][] year)
    {
        List<Money> all = [];
        var model = new Model();
        var references = 0;
        foreach (var deeds in year)
        {
            foreach (var (deed, account, amount, which) in deeds)
            {
                await (deed switch
                {
                    Deed.Report => ReportAsync(account, amount),
                    Deed.PayTheBank => PayTheBankAsync(account, amount),
                    Deed.KnowAgain => KnowAgainAsync(which),
                    Deed.Settle => story.TrySettleAsync(cases[$"T-{account}"], amount),
                    Deed.Waive => story.TryWaiveAsync(cases[$"T-{account}"], amount),
                    _ => ReverseAsync(which),
                });
                story.Service.Clock.AdjustTime(story.Service.Clock.GetUtcNow().AddMinutes(1));
            }

            var month = story.Today;
            await story.EndMonthAsync();
            await CompareAsync(new DateOnly(month.Year, month.Month, 1));
        }

        async Task ReportAsync(int account, long amount)
        {
            if (await story.TryEarnAsync(cases[$"T-{account}"], amount) is { } earned)
            {
                Come(new Money(account, amount, earned.Overpaid?.Amount ?? 0), (earned.Id, true));
            }
        }

        // Once the account is paid and its case closed, what comes is nobody's.
        async Task PayTheBankAsync(int account, long amount)
        {
            var paid = await story.PaidDirectlyAsync(amount, $"B-{references++}", account: cases[$"T-{account}"].Account.Id, acceptOverpayment: true);
            if (paid.AttributedCaseId is not null)
            {
                Come(new Money(account, amount, paid.Overpaid?.Amount ?? 0), (paid.Id, false));
            }
        }

        void Come(Money money, (Guid Id, bool IsReport) record)
        {
            money.Know(record);
            all.Add(money);
            model.Confirm(money.First, money.Account, CycleOf(money.Account), money.Amount - money.Overpaid);
        }

        async Task KnowAgainAsync(int which)
        {
            if (all.FindAll(money => money.Standing.Count == 1) is not { Count: > 0 } once)
            {
                return;
            }

            var money = once[which % once.Count];
            var @case = cases[$"T-{money.Account}"];
            if (money.Standing[0].IsReport)
            {
                money.Know(((await story.PaidDirectlyAsync(money.Amount, $"B-{references++}", account: @case.Account.Id, sameAs: money.Standing[0].Id)).Id, false));
            }
            else if (await story.TryEarnAsync(@case, money.Amount, sameAs: money.Standing[0].Id) is { } report)
            {
                money.Know((report.Id, true));
            }
        }

        async Task ReverseAsync(int which)
        {
            if (all.SelectMany(money => money.Standing, (money, record) => (Money: money, Record: record)).ToList() is not { Count: > 0 } standing)
            {
                return;
            }

            var (money, record) = standing[which % standing.Count];
            await (record.IsReport ? story.Harbour.Repayments.ReverseAsync(record.Id, Deeds.Because) : (Task)story.Harbour.DirectPayments.ReverseAsync(record.Id, Deeds.Because));
            money.Standing.Remove(record);
            if (money.Standing.Count == 0)
            {
                model.Reverse(money.First, record.Id);
            }
        }

        async Task CompareAsync(DateOnly month)
        {
            var expected = model.Close();
            var statements = (await story.Harbour.Statements.ListPageAsync(1000, month: month)).Items;
            Assert.Equal(expected.Count == 0 ? 0 : 1, statements.Count);
            if (statements.SingleOrDefault() is { } statement)
            {
                var lines = await story.LinesAsync(statement);
                Assert.Equal(expected, lines.Select(line => ((line.RepaymentId ?? line.DirectPaymentId)!.Value, line.Amount.Amount, line.Commission.Amount)));
                Assert.Equal((lines.Count, lines.Sum(line => line.Amount.Amount), lines.Sum(line => line.Commission.Amount)), (statement.LineCount, statement.Amount.Amount, statement.Commission.Amount));
                Assert.All(lines, line => Assert.Equal(line.Earned.Amount - line.AccountCapTaken.Amount - line.StatementCapTaken.Amount, line.Commission.Amount));
                lines.ForEach(line => all.Single(money => money.Records.Contains((line.RepaymentId ?? line.DirectPaymentId)!.Value)).Stated += line.Amount.Amount);
            }

            var taken = Taken(story);
            foreach (var money in all)
            {
                var ledger = money.Records.Sum(record => taken.GetValueOrDefault(record));
                var excessUsed = money.Standing.Count == 0 ? 0 : ledger - (money.Amount - money.Overpaid);
                Assert.InRange(excessUsed, 0, money.Overpaid);
                Assert.Equal(ledger - excessUsed, money.Stated);
            }
        }
    }

    private static string CycleOf(int account) => account % 2 == 0 ? "M1" : account % 4 == 1 ? "M2" : "M3";

    // What each record took off the debt, by the ledger.
    private static Dictionary<Guid, long> Taken(Story story)
    {
        using var connection = story.Service.Database.OpenRaw();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT cause_id, -SUM(amount) FROM base_ledger_entry WHERE kind IN ('repayment', 'reversal') GROUP BY cause_id";
        using var reader = command.ExecuteReader();
        Dictionary<Guid, long> taken = [];
        while (reader.Read())
        {
            taken[new Guid((byte[])reader[0], bigEndian: true)] = reader.GetInt64(1);
        }

        return taken;
    }

    // What forgave something, and what took that back.
    private static List<string> Forgiven(Story story)
    {
        using var connection = story.Service.Database.OpenRaw();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT cause_kind || CASE WHEN amount < 0 THEN ' -' ELSE ' +' END FROM base_ledger_entry WHERE kind = 'waiver'";
        using var reader = command.ExecuteReader();
        List<string> found = [];
        while (reader.Read())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    /// <summary>One money and the records of it.</summary>
    private sealed class Money(int account, long amount, long overpaid)
    {
        public int Account => account;

        public long Amount => amount;

        public long Overpaid => overpaid;

        public long Stated { get; set; }

        public List<Guid> Records { get; } = [];

        public List<(Guid Id, bool IsReport)> Standing { get; } = [];

        public Guid First => Records[0];

        public void Know((Guid Id, bool IsReport) record)
        {
            Records.Add(record.Id);
            Standing.Add(record);
        }
    }

    private static string Csv() => "account_number,debtor_reference,debtor_name,principal,oldest_due_date\n" + string.Concat(Enumerable.Range(0, Accounts).Select(n =>
        string.Create(CultureInfo.InvariantCulture, $"T-{n},TD-{n},Example Debtor,400000,{(n % 2 == 0 ? "2026-02-10" : n % 4 == 1 ? "2026-01-10" : "2025-12-10")}\n")));

    /// <summary>What DECISIONS.md says of commission, as plainly as it can be written.</summary>
    private sealed class Model
    {
        private readonly Dictionary<Guid, (int Account, string Cycle, long Amount, long Commission)> known = [];
        private readonly List<(Guid Id, Guid Record, bool Reversal)> month = [];
        private readonly Dictionary<int, long> paid = [];

        public void Confirm(Guid id, int account, string cycle, long amount)
        {
            known[id] = (account, cycle, amount, 0);
            month.Add((id, id, false));
        }

        public void Reverse(Guid id, Guid record) => month.Add((id, record, true));

        public List<(Guid Record, long Amount, long Commission)> Close()
        {
            List<(Guid, long, long)> lines = [];
            var gone = month.Where(m => m.Reversal && month.Contains((m.Id, m.Id, false))).Select(m => m.Id).ToHashSet();
            long tiered = 0, stated = 0;
            foreach (var (id, record, reversal) in month)
            {
                var (account, cycle, amount, before) = known[id];
                var before2 = paid.GetValueOrDefault(account);
                if (gone.Contains(id))
                {
                    lines.Add((record, reversal ? -amount : amount, 0));
                }
                else if (reversal)
                {
                    paid[account] = before2 - before;
                    lines.Add((record, -amount, -before));
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
                    lines.Add((record, amount, left));
                }
            }

            month.Clear();
            return lines;
        }

        private static long Part(long from, long amount, long low, long high) => Math.Max(0, Math.Min(from + amount, high) - Math.Max(from, low));
    }
}
