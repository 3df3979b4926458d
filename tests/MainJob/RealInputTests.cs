using System.Globalization;
using System.Text;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.MainJob;

/// <summary>The main job on a real bank's export: 30,000 card accounts, of which 6,818 are overdue.</summary>
public sealed class RealInputTests
{
    private static readonly DateOnly AsOf = new(2005, 9, 30);

    [Fact]
    public async Task Six_thousand_real_overdue_accounts_go_from_export_to_recall()
    {
        var file = Repository.Shared("data/uci_credit_card.csv");
        Assert.SkipWhen(file is null, "shared/data/uci_credit_card.csv is not there");
        var rows = File.ReadLines(file).Skip(1).Select(Row.Read).Where(row => row.MonthsOverdue >= 1).ToList();
        var good = rows.Where(row => row.Balance > 0).OrderBy(row => row.Balance).ThenBy(row => row.Number, StringComparer.Ordinal).ToList();
        Assert.Equal((6818, 5129), (rows.Count, good.Count));

        await using var story = await Story.AtTenantsAsync();
        var (bank, today) = (story.Harbour, story.Today);
        var swift = await bank.MandateAsync("swift");
        var lantern = await bank.MandateAsync("lantern");
        var portfolio = await bank.Portfolios.CreateAsync(new NewPortfolio { Name = "September 2005", Currency = "TWD" });

        // The bad rows are told apart, the good ones load, and the same file again changes nothing.
        var csv = Csv(rows);
        var import = await bank.ImportAsync(portfolio.Id, csv, AsOf);
        Assert.Equal((6818, 5129, 1689), (import.RowsRead, import.RowsAccepted, import.RowsRejected));
        var errors = await bank.Imports.ListErrorsAsync(import.Id, pageSize: 1000).ToListAsync();
        Assert.Equal(rows.Where(row => row.Balance <= 0).Select(row => row.Line), errors.Select(error => error.Line));
        Assert.All(errors, error => Assert.Equal("account.balance_not_positive", error.Code));
        var again = await bank.ImportAsync(portfolio.Id, csv, AsOf);
        Assert.Equal((0, 5129, 1689), (again.RowsAccepted, again.RowsKnown, again.RowsRejected));

        // Half go to each agency by a filter on the balance; counts and sums are the file's.
        var half = good[(good.Count / 2) - 1].Balance;
        var (small, large) = (good.Where(row => row.Balance <= half).ToList(), good.Where(row => row.Balance > half).ToList());
        var toSwift = await bank.Assignments.CreateAsync(Slice(swift, new AssignmentFilter { MaxBalance = half }));
        var toLantern = await bank.Assignments.CreateAsync(Slice(lantern, new AssignmentFilter { MinBalance = half + 1 }));
        AssertFigures(small, await bank.WaitForAsync(AssignmentState.Submitted, toSwift.Id));
        AssertFigures(large, await bank.WaitForAsync(AssignmentState.Submitted, toLantern.Id));
        await story.Swift.Assignments.AcknowledgeAsync(toSwift.Id);
        await story.Lantern.Assignments.AcknowledgeAsync(toLantern.Id);
        await bank.WaitForAsync(AssignmentState.Active, toSwift.Id);
        await bank.WaitForAsync(AssignmentState.Active, toLantern.Id);
        var cases = await story.Swift.AllCasesAsync();
        Assert.Equal(small.Select(row => (row.Number, row.Balance)).Order(), cases.Select(c => (c.Account.AccountNumber, c.Account.Balance.Total.Amount)).Order());
        Assert.Equal(large.Count, (await story.Lantern.AllCasesAsync()).Count);

        // Work on one, and the ledger is right to the last dollar; recalled, it is gone.
        var worked = cases.Single(c => c.Account.AccountNumber == small[^1].Number);
        await story.Swift.ContactRecords.CreateAsync(worked.Id, new NewContactRecord
        {
            Channel = Channel.Call,
            Direction = Direction.Outbound,
            Party = Party.Debtor,
            Outcome = Outcome.Promise,
            OccurredAt = story.Service.Clock.GetUtcNow(),
        });
        var repayment = await story.Swift.Repayments.CreateAsync(worked.Id, new NewRepayment { Amount = new Money { Amount = 1, Currency = "TWD" }, PaidOn = today });
        await bank.Repayments.ConfirmAsync(repayment.Id, new RepaymentConfirmation());
        Assert.Equal(small[^1].Balance - 1, (await story.Swift.Cases.GetAsync(worked.Id)).Account.Balance.Total.Amount);
        await bank.Cases.RecallAsync(worked.Id, new CaseRecall { Reason = RecallReason.Complaint });
        Assert.Equal(404, (await Assert.ThrowsAnyAsync<AgencyException>(() => story.Swift.Cases.GetAsync(worked.Id))).StatusCode);
        Assert.Equal(good.Sum(row => row.Balance) - 1, (await bank.AllAccountsAsync()).Sum(account => account.Balance.Total.Amount));

        NewAssignment Slice(Agreement agreement, AssignmentFilter filter) =>
            new() { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = today, TermEnd = today.AddMonths(6), Filter = filter };
    }

    private static void AssertFigures(List<Row> rows, Assignment assignment)
    {
        Assert.Equal((rows.Count, rows.Sum(row => row.Balance)), (assignment.Accounts, assignment.Balance.Total.Amount));
        Assert.Equal(rows.Count, assignment.DaysPastDueMix.Sum(share => share.Accounts));
        Assert.Equal("TWD", assignment.Balance.Total.Currency);
    }

    private static string Csv(IEnumerable<Row> rows)
    {
        var csv = new StringBuilder("account_number,debtor_reference,debtor_name,product,credit_limit,principal,oldest_due_date\n");
        var line = 1;
        foreach (var row in rows)
        {
            row.Line = ++line;
            csv.Append(CultureInfo.InvariantCulture, $"{row.Number},C-{row.Number},Debtor {row.Number},card,{row.Limit},{row.Balance},{AsOf.AddMonths(-row.MonthsOverdue):yyyy-MM-dd}\n");
        }

        return csv.ToString();
    }

    // The file counts whole New Taiwan dollars; ISO 4217 gives them two minor digits.
    private sealed record Row(string Number, long Limit, int MonthsOverdue, long Balance)
    {
        public long Line { get; set; }

        public static Row Read(string line)
        {
            var cells = line.Split(',');
            return new Row(cells[0], Number(cells[1]) * 100, (int)Number(cells[6]), Number(cells[12]) * 100);

            static long Number(string cell) => long.Parse(cell, CultureInfo.InvariantCulture);
        }
    }
}
