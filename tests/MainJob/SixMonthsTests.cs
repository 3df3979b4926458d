using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.MainJob;

/// <summary>
/// What real customers of a bank paid in six months, as later monthly payments on their overdue accounts: to the last dollar what the
/// file adds up to. Every run takes a sample of the accounts; with AGENCY_TEST_LONG=1 all 5,129.
/// </summary>
public sealed class SixMonthsTests
{
    private const int Sample = 400;
    private static readonly DateOnly AsOf = new(2005, 9, 30);

    [Fact]
    public async Task Six_months_of_real_payments_add_up_to_the_file()
    {
        var file = Repository.Shared("data/uci_credit_card.csv");
        Assert.SkipWhen(file is null, "shared/data/uci_credit_card.csv is not there");
        var all = File.ReadLines(file).Skip(1).Select(Row.Read).Where(row => row is { MonthsOverdue: >= 1, Balance: > 0 }).ToList();
        Assert.Equal(5129, all.Count);
        var rows = Environment.GetEnvironmentVariable("AGENCY_TEST_LONG") == "1" ? all : [.. all.Where((_, index) => index % (all.Count / Sample) == 0)];
        var watch = Stopwatch.StartNew();

        await using var story = await Story.AtTenantsAsync();
        var (bank, agency) = (story.Harbour, story.Swift);
        var agreement = await bank.MandateAsync("swift");
        var portfolio = await bank.Portfolios.CreateAsync(new NewPortfolio { Name = "September 2005", Currency = "TWD" });
        await bank.ImportAsync(portfolio.Id, Csv(rows), AsOf);
        var assignment = await bank.Assignments.CreateAsync(
            new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today.AddYears(1) });
        await bank.WaitForAsync(AssignmentState.Submitted, assignment.Id);
        await agency.Assignments.AcknowledgeAsync(assignment.Id);
        await bank.WaitForAsync(AssignmentState.Active, assignment.Id);
        var cases = (await agency.AllCasesAsync()).ToDictionary(c => c.Account.AccountNumber, StringComparer.Ordinal);
        Assert.Equal(rows.Count, cases.Count);

        // All six months are reported before the first is confirmed, so that what exceeds the balance shows when it is confirmed.
        var (zeros, refused, paid) = (0, 0, new ConcurrentBag<(Row Row, int Month, Repayment Repayment)>());
        for (var month = 0; month < 6; month++)
        {
            story.Service.Clock.Advance(TimeSpan.FromDays(30));
            var today = story.Today;
            await Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (row, _) =>
            {
                var money = new NewRepayment { Amount = new Money { Amount = row.Paid[month], Currency = "TWD" }, PaidOn = today };
                try
                {
                    paid.Add((row, month, await agency.Repayments.CreateAsync(cases[row.Number].Id, money, cancellationToken: CancellationToken.None)));
                }
                catch (AgencyException refusal) when (refusal.Code == "request.invalid")
                {
                    Interlocked.Increment(ref zeros);
                }
            });
        }

        Assert.Equal(rows.Sum(row => row.Paid.Count(amount => amount == 0)), zeros);
        Assert.Equal(rows.Sum(row => row.Paid.Sum()), paid.Sum(p => p.Repayment.Amount.Amount));
        var overpaid = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(paid.GroupBy(p => p.Row), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (ofRow, _) =>
        {
            foreach (var (row, _, repayment) in ofRow.OrderBy(p => p.Month))
            {
                try
                {
                    await bank.Repayments.ConfirmAsync(repayment.Id, new RepaymentConfirmation(), cancellationToken: CancellationToken.None);
                }
                catch (AgencyException refusal) when (refusal.Code == "repayment.over_balance")
                {
                    Assert.Equal(409, refusal.StatusCode);
                    Interlocked.Increment(ref refused);
                    var accepted = await bank.Repayments.ConfirmAsync(repayment.Id, new RepaymentConfirmation { AcceptOverpayment = true }, cancellationToken: CancellationToken.None);
                    overpaid.AddOrUpdate(row.Number, accepted.Overpaid!.Amount, (_, before) => before + accepted.Overpaid.Amount);
                }
            }
        });

        // Every account owes what its row says, and what is over is noted; together they are the file's sums.
        var accounts = (await bank.AllAccountsAsync()).ToDictionary(a => a.AccountNumber, StringComparer.Ordinal);
        Assert.All(rows, row =>
        {
            Assert.Equal(Math.Max(0, row.Balance - row.Paid.Sum()), accounts[row.Number].Balance.Total.Amount);
            Assert.Equal(Math.Max(0, row.Paid.Sum() - row.Balance), overpaid.GetValueOrDefault(row.Number));
            Assert.Equal(row.Paid.Sum() >= row.Balance ? AccountState.Resolved : AccountState.Placed, accounts[row.Number].State);
        });
        Assert.Equal(rows.Sum(Exceeding), refused);
        var lines = (await bank.Reconciliations.GetAsync(story.Today)).Lines;
        Assert.Equal(-rows.Sum(row => Math.Min(row.Balance, row.Paid.Sum())), lines.Single(line => line.Figure == ReconciliationFigure.LedgerEntries).Total!.Amount);
        TestContext.Current.SendDiagnosticMessage("{0} accounts, {1} payments in {2:0.0} s", rows.Count, paid.Count, watch.Elapsed.TotalSeconds);
    }

    // How many of the payments are more than is still owed then.
    private static int Exceeding(Row row)
    {
        var (owed, count) = (row.Balance, 0);
        foreach (var amount in row.Paid.Where(amount => amount > 0))
        {
            count += amount > owed ? 1 : 0;
            owed = Math.Max(0, owed - amount);
        }

        return count;
    }

    private static string Csv(IEnumerable<Row> rows) => rows.Aggregate(
        new StringBuilder("account_number,debtor_reference,debtor_name,principal,oldest_due_date\n"),
        (csv, row) => csv.Append(CultureInfo.InvariantCulture, $"{row.Number},C-{row.Number},Debtor {row.Number},{row.Balance},{AsOf.AddMonths(-row.MonthsOverdue):yyyy-MM-dd}\n")).ToString();

    // The file counts whole New Taiwan dollars, latest month first.
    private sealed record Row(string Number, int MonthsOverdue, long Balance, long[] Paid)
    {
        public static Row Read(string line)
        {
            var cells = line.Split(',');
            return new Row(cells[0], (int)Number(cells[6]), Number(cells[12]) * 100, [.. cells[18..24].Reverse().Select(cell => Number(cell) * 100)]);

            static long Number(string cell) => long.Parse(cell, CultureInfo.InvariantCulture);
        }
    }
}
